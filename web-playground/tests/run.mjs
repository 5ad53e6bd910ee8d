// The pages in a real browser, on the real server.
// usage: node web-playground/tests/run.mjs [--full] [--only PART] [--pictures DIRECTORY] PATH-OF-cloud-connector
// Parts: playground, fleet, and with --full large-fleet. With --pictures nothing is tried: it takes the README's pictures.
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { Browser } from "./browser.mjs";
import { testFleet } from "./fleet.mjs";
import { testLargeFleet } from "./large-fleet.mjs";
import { takePictures } from "./pictures.mjs";
import { Platform } from "./platform.mjs";
import { testPlayground } from "./playground.mjs";
import { Report } from "./report.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean" }, only: { type: "string" }, pictures: { type: "string" } },
});
const parts = { playground: testPlayground, fleet: testFleet, ...(values.full && { "large-fleet": testLargeFleet }) };
const binary = resolve(positionals[0] ?? "target/debug/cloud-connector");
const platform = new Platform(binary, values.pictures ? ["--demo"] : []);
const browser = new Browser(platform);
const stage = { platform, browser, report: new Report(browser) };
try {
  await Promise.all([platform.start(), browser.start()]);
  if (values.pictures) await takePictures({ ...stage, directory: values.pictures });
  else await test();
} catch (error) {
  console.error(`not ok - ${error.stack}`);
  console.error(`--- log of the platform\n${platform.output("server.err").split("\n").slice(-40).join("\n")}`);
  process.exitCode = 1;
} finally {
  await browser.end();
  await platform.end();
}

async function test() {
  for (const name of values.only ? [values.only] : Object.keys(parts)) await parts[name](stage);
  console.log(`${stage.report.passed} passed, 0 failed`);
}
