// The pages in a real browser, on the real server.
// usage: node web-playground/tests/run.mjs [--full] [--pictures DIRECTORY] PATH-OF-cloud-connector
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { Browser } from "./browser.mjs";
import { testFleet } from "./fleet.mjs";
import { testLargeFleet } from "./large-fleet.mjs";
import { Pictures } from "./picture.mjs";
import { Platform } from "./platform.mjs";
import { testPlayground } from "./playground.mjs";
import { Report } from "./report.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean" }, pictures: { type: "string" } },
});
const platform = new Platform(resolve(positionals[0] ?? "target/debug/cloud-connector"));
const browser = new Browser(platform);
const stage = { platform, browser, report: new Report(browser), pictures: new Pictures(values.pictures) };
try {
  await Promise.all([platform.start(), browser.start()]);
  if (!process.env.ONLY_FLEET) await testPlayground(stage);
  await testFleet(stage);
  if (values.full) await testLargeFleet(stage);
  console.log(`${stage.report.passed} passed, 0 failed`);
} catch (error) {
  console.error(`not ok - ${error.stack}`);
  console.error(`--- log of the platform\n${platform.output("server.err").split("\n").slice(-40).join("\n")}`);
  process.exitCode = 1;
} finally {
  await browser.end();
  await platform.end();
}
