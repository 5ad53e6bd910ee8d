// The fleet page: devices come, go and answer before one's eyes.
import assert from "node:assert/strict";

import { assertFirstLoad } from "./first-load.mjs";
import { testLooks } from "./fleet-looks.mjs";
import { countOf, row, rows, sameRows, stateOf } from "./table.mjs";
import { until } from "./wait.mjs";

const BUDGET = 300_000;
const DEVICES = 30;

export async function testFleet({ platform, browser, report }) {
  const person = await browser.person();
  const nodes = platform.devices("node", DEVICES);
  await platform.online("node-", DEVICES);
  const page = await person.newPage();

  await report.check(`the fleet page loads within ${BUDGET} bytes, in each coding`, async () => {
    const address = `${platform.base}/fleet#token=${platform.startToken}`;
    await assertFirstLoad(page, address, BUDGET, () => row(page, "node-1").waitFor());
    assert.equal(page.url(), `${platform.base}/fleet`);
  });

  await report.check("a device appears by itself, and goes offline within 2 s of its last will", async () => {
    const guest = platform.devices("guest");
    await page.mouse.move(5, 5);
    await row(page, "guest").waitFor();
    guest.kill();
    const killed = Date.now();
    await stateOf(page, "guest", "Offline · link lost");
    assert.ok(Date.now() - killed < 2000, `after ${Date.now() - killed} ms`);
    await until("it is counted", async () => (await countOf(page, "Offline")) >= 1);
  });

  await report.check("while one points at the table no row moves; then the newest page is shown", async () => {
    await row(page, "node-1").hover();
    const early = platform.devices("aaa");
    await page.getByText("Devices came, went or changed places").waitFor();
    assert.equal(await row(page, "aaa").count(), 0);
    await page.mouse.move(5, 5);
    await row(page, "aaa").waitFor();
    await early.quit();
    await stateOf(page, "aaa", "Offline · reported");
  });

  await report.check("filters by tag, state and text narrow the table and are in the address", async () => {
    await page.getByLabel("Tag, as key or key=value").fill("simulated=true");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Offline/ }).click();
    const gone = await offline(platform);
    assert.ok(gone.includes("aaa") && gone.includes("guest"));
    await until("only those that went", async () => sameRows(page, gone));
    assert.equal(new URL(page.url()).search, "?state=offline&tag=simulated%3Dtrue");
    await page.keyboard.press("/");
    await page.keyboard.type("guest");
    await until("only the one searched for", async () => sameRows(page, ["guest"]));
    await page.getByLabel("Tag, as key or key=value").fill("site=nowhere");
    await page.keyboard.press("Enter");
    await page.getByText("No device matches").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).last().click();
    await row(page, "node-1").waitFor();
  });

  await report.check("the address opens the same view in a new page, which is let in by the first one", async () => {
    await page.getByRole("button", { name: "Dispatchers" }).click();
    await page
      .getByRole("menuitem", { name: "echo" })
      .or(page.getByRole("checkbox", { name: "echo" }))
      .first()
      .click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Columns" }).click();
    await page
      .getByRole("menuitem", { name: "FQDN" })
      .or(page.getByRole("checkbox", { name: "FQDN" }))
      .first()
      .click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Client id" }).click();
    await until("the order is turned", async () => (await rows(page))[0]?.startsWith("node-9"));
    const other = await person.newPage();
    await other.goto(page.url());
    await row(other, "node-9").waitFor();
    assert.deepEqual(await rows(other), await rows(page));
    assert.equal(await other.getByRole("columnheader", { name: "FQDN" }).count(), 0);
    await other.close();
    await page.goto(`${platform.base}/fleet#token=${platform.startToken}`);
  });

  await report.check("pages are turned by cursor, there and back", async () => {
    await page.getByLabel("Devices per page").selectOption("25");
    await until("a page of 25", async () => (await rows(page)).length === 25);
    const first = await rows(page);
    await page.getByRole("button", { name: "Next page" }).click();
    await until("the rest", async () => (await rows(page)).length < 25 && (await rows(page)).length > 0);
    assert.match(page.url(), /[?&]after=/);
    await page.getByRole("button", { name: "Previous page" }).click();
    await until("the first again", async () => sameRows(page, first));
    await page.getByLabel("Devices per page").selectOption("80");
    await until("all on the largest page", async () => (await rows(page)).length > DEVICES);
    await page.goto(`${platform.base}/fleet#token=${platform.startToken}`);
  });

  await report.check("details are opened, left and closed with the keyboard", async () => {
    await row(page, "node-1").focus();
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "node-1" }).waitFor();
    await until("the focus is in the panel", () =>
      page.evaluate(() => document.activeElement?.id === "cc-device-title"),
    );
    await page.keyboard.press("Escape");
    await until("the focus is back", () => page.evaluate(() => document.activeElement?.dataset.device === "node-1"));
    assert.equal(new URL(page.url()).search, "");
  });

  await report.check("a message is checked, sent, and its delivery seen as it moves to RESPONDED", async () => {
    await row(page, "node-1").click();
    await page.getByRole("tab", { name: "Send" }).click();
    const content = page.getByLabel("Content (JSON)");
    await content.fill('{"hello": wrong}');
    await page.getByText(/not JSON/).waitFor();
    assert.ok(await button(page, "Send").isDisabled());
    await content.fill('{"hello": "fleet"}');
    await button(page, "Check only").click();
    await page.getByText("nothing was sent").waitFor();
    await button(page, "Send").click();
    const delivery = page.getByRole("list", { name: /Delivery of message/ });
    for (const step of ["Queued", "Published", "Responded"]) await delivery.getByText(step).waitFor();
    await page.getByText("The device answered").waitFor();
    await until("its answer is shown", async () =>
      (await page.locator(".cc-panel pre").textContent())?.includes("fleet"),
    );
  });

  await report.check("messages and history of the device are there", async () => {
    await page.getByRole("tab", { name: "Messages" }).click();
    await page.locator(".cc-messages summary", { hasText: "Responded" }).first().click();
    await page.getByRole("list", { name: /Delivery of message/ }).waitFor();
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByRole("img", { name: /Online \d+% of the last/ }).waitFor();
    await page.getByRole("list", { name: "Changes, newest first" }).getByText("Online").first().waitFor();
  });

  await report.check("a ping is answered, and a device is disconnected after it was named", async () => {
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByRole("button", { name: "Ping" }).click();
    await page.getByText("The device answered").waitFor();
    await page.getByRole("button", { name: "Disconnect…" }).click();
    const dialog = page.getByRole("dialog", { name: /Disconnect node-1\?/ });
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("heading", { name: "node-1" }).waitFor();
    await page.getByRole("button", { name: "Disconnect…" }).click();
    await dialog.getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("region", { name: "Disconnect" }).getByText("Published").waitFor();
  });

  await report.check("a query of the page opens in the playground, which knows who one is", async () => {
    const opened = page.waitForEvent("popup");
    await page.locator(".cc-panel").getByRole("link", { name: "Open in the playground" }).click();
    const playground = await opened;
    await playground.locator(".cc-viewer", { hasText: "developer" }).waitFor();
    await playground.locator(".graphiql-query-editor .view-line", { hasText: "DeviceDetails" }).waitFor();
    await playground.getByRole("button", { name: /Execute query/ }).click();
    await until("it is answered", () =>
      playground.evaluate(() =>
        globalThis.__MONACO?.editor.getEditors().some((one) => one.getValue().includes('"firstSeenAt"')),
      ),
    );
    await playground.close();
  });

  await report.check("a restarted server is found again without a hand", async () => {
    await page.getByRole("button", { name: "Close the device's details" }).click();
    await browser.expecting(/ERR_|WebSocket|Failed to load|502|503/, async () => {
      await platform.stop();
      await page.getByText("Reconnecting").waitFor();
      assert.ok((await rows(page)).length > DEVICES);
      await platform.start();
      await page.getByText("Live", { exact: true }).waitFor();
    });
    const late = platform.devices("late");
    await page.mouse.move(5, 5);
    await row(page, "late").waitFor();
    await late.quit();
    await stateOf(page, "late", "Offline · reported");
  });

  await person.close();
  await testLooks({ platform, browser, report });
  await nodes.quit();
}

function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}

async function offline(platform) {
  const data = await platform.ask("{ connections(first: 50, filter: { state: [OFFLINE] }) { nodes { clientId } } }");
  return data.connections.nodes.map(({ clientId }) => clientId);
}
