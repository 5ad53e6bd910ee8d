// 100,000 devices: rows put straight into the database, then used while some of them come and go.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { until as untilSoon } from "./wait.mjs";

const DEVICES = 100_000;
const LONGEST_TASK_MS = 200;
const FLAPS = 8;
/** What is tried is the page: a debug build's database may take its time. */
const PATIENCE_MS = 90_000;
const until = (what, condition) => untilSoon(what, condition, PATIENCE_MS);

/** Tables that hold a device, each with what is to differ between copies. */
const tables = [
  "connections",
  "connection_liveness",
  "connection_dispatchers",
  "connection_tags",
  "connection_search_words",
];

export async function testLargeFleet({ platform, browser, report }) {
  const model = platform.devices("model");
  await platform.online("model", 1);
  await model.quit();

  await report.check(`with ${DEVICES} devices no task of the page takes ${LONGEST_TASK_MS} ms`, async () => {
    await platform.stop();
    multiply(join(platform.dataDirectory, "connector.db"));
    await platform.start();
    const person = await browser.person();
    person.setDefaultTimeout(PATIENCE_MS);
    const page = await browser.open(person, "/fleet?sort=-state_changed_at");
    await page.locator("[data-device]").first().waitFor();
    await until("all are counted", async () =>
      (await page.locator(".cc-count-value").first().textContent())?.startsWith("100,"),
    );
    const tasks = await tasksDuring(page, () => use(page, platform));
    console.log(`# ${tasks.length} tasks, the longest took ${tasks[0]} ms of the processor`);
    assert.ok(tasks[0] < LONGEST_TASK_MS, `tasks took ${tasks.slice(0, 5)} ms`);
    await person.close();
  });
}

/** Milliseconds of processor time that each task of the page took, the longest first; others on the machine do not count. */
async function tasksDuring(page, action) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["toplevel"] });
  await action();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const mains = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const isMain = ({ pid, tid }) => mains.some((main) => main.pid === pid && main.tid === tid);
  const tasks = traceEvents.filter(
    (event) => event.name === "ThreadControllerImpl::RunTask" && event.tdur && isMain(event),
  );
  assert.ok(tasks.length > 100, "the browser told too little of what it did");
  return tasks.map(({ tdur }) => tdur / 1000).sort((one, other) => other - one);
}

/** Looks around while devices flap. */
async function use(page, platform) {
  const shown = async (text) =>
    until(`${text} is shown`, async () =>
      (await page.locator("[data-device]").allTextContents()).some((id) => id.includes(text)),
    );
  for (let flap = 0; flap < FLAPS; flap += 1) {
    const devices = platform.devices("flapping", 20);
    await shown("flapping");
    devices.kill();
    await until("their wills are shown", async () => (await page.getByText("Offline · link lost").count()) >= 10);
  }
  await page.getByLabel("Devices per page").selectOption("80");
  await until("a page of 80", async () => (await page.locator("[data-device]").count()) === 80);
  await page.getByRole("button", { name: "Client id" }).click();
  await shown("copy-000001");
  for (let turn = 0; turn < 3; turn += 1) {
    const before = await page.locator("[data-device]").first().textContent();
    await page.getByRole("button", { name: "Next page" }).click();
    await until("the next page", async () => (await page.locator("[data-device]").first().textContent()) !== before);
  }
  await page.keyboard.press("/");
  await page.keyboard.type("copy-0777");
  await shown("copy-077700");
  await page.locator("[data-device]").first().click();
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("img", { name: /of the last/ }).waitFor();
}

/** Copies the rows of the device `model` under many names. */
function multiply(database) {
  const sqlite = (sql) => execFileSync("sqlite3", ["-bail", database], { input: sql, encoding: "utf8" });
  const statements = tables.map((table) => {
    const columns = sqlite(`SELECT name FROM pragma_table_info('${table}');`).trim().split("\n");
    const values = columns.map((column) =>
      column === "client_id" || column === "word" ? copied(column) : `t.${column}`,
    );
    return `INSERT OR IGNORE INTO ${table} (${columns.join(", ")})
      SELECT ${values.join(", ")} FROM numbers JOIN ${table} t ON t.client_id = 'model';`;
  });
  sqlite(`PRAGMA synchronous = OFF; BEGIN;
    CREATE TEMP TABLE numbers AS WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < ${DEVICES}) SELECT n FROM up;
    ${statements.join("\n")} COMMIT;`);
}

function copied(column) {
  const name = "printf('copy-%06d', n)";
  return column === "client_id" ? name : `replace(t.word, 'model', ${name})`;
}
