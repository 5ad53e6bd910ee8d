// The pictures of the README: both pages as a newcomer sees them who starts the platform with its demonstration.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { watchAndSend } from "./graphiql.mjs";
import { row } from "./table.mjs";
import { until } from "./wait.mjs";

const SIZE = { width: 1200, height: 675 };
/** A device of the demonstration goes at the latest after a minute and a half. */
const PATIENCE_MS = 120_000;

/** Takes them into `directory`. */
export async function takePictures({ platform, browser, directory }) {
  mkdirSync(directory, { recursive: true });
  const take = (page, name) => page.screenshot({ path: join(directory, `${name}.png`), animations: "disabled" });
  const device = platform.devices("device");
  await platform.online("device", 1);
  const person = await browser.person(SIZE);

  const playground = await browser.open(person);
  await playground.locator(".graphiql-doc-explorer-root-type").first().waitFor();
  await watchAndSend(playground);
  await take(playground, "playground");
  await playground.close();
  await device.quit();

  const fleet = await browser.open(person, "/fleet");
  await row(fleet, "web-01-ber").waitFor();
  await until(
    "a link is lost",
    async () => (await fleet.getByText("Offline · link lost").count()) >= 1,
    PATIENCE_MS,
  );
  await take(fleet, "fleet");
  await row(fleet, "web-01-ber").click();
  await fleet.getByRole("tab", { name: "Send" }).click();
  await fleet.getByLabel("Content (JSON)").fill('{ "hello": "Berlin" }');
  await fleet.getByRole("button", { name: "Send", exact: true }).click();
  await fleet.getByText("The device answered").waitFor();
  await fleet.locator(".cc-live-delivery").evaluate((delivery) => delivery.scrollIntoView({ block: "end" }));
  await take(fleet, "device");
  await person.close();
}
