// The playground: what a newcomer does in the first five minutes.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";

import { assertAccessible } from "./axe.mjs";
import { assertFirstLoad } from "./first-load.mjs";
import { copyAs, editorOf, execute, openTab, responseOf, watchAndSend } from "./graphiql.mjs";
import { credentials, useToken, viewer } from "./session.mjs";
import { until } from "./wait.mjs";

const run = promisify(execFile);
const BUDGET = 3_000_000;
const examples = new URL("../../examples/", import.meta.url);

export async function testPlayground({ platform, browser, report }) {
  const person = await browser.person();
  const device = platform.devices("device");
  await platform.online("device", 1);
  const page = await person.newPage();

  await report.check(
    `the playground loads within ${BUDGET} bytes, from this server alone, and forgets the token's address`,
    async () => {
      await assertFirstLoad(page, platform.startLink, BUDGET, () =>
        page.locator(".graphiql-query-editor .view-line").first().waitFor(),
      );
      assert.equal(page.url(), `${platform.base}/`);
      await viewer(page, "developer").waitFor();
      await page.locator(".graphiql-doc-explorer-root-type").first().waitFor();
    },
  );

  await report.check("every file of examples/ is a tab, and each one runs", async () => {
    const files = readdirSync(examples).filter((name) => name.endsWith(".graphql"));
    const tabs = await page.locator(".graphiql-tab-button").allTextContents();
    assert.equal(tabs.length, files.length, `${tabs} and ${files}`);
    for (const tab of tabs) {
      await openTab(page, tab);
      await execute(page);
      const answer = await until(`${tab} is answered`, () => responseOf(page));
      assert.ok(!("errors" in answer), `${tab}: ${JSON.stringify(answer)}`);
      assert.ok(tab.startsWith("Watch") ? answer.received === 0 : answer.data, `${tab}: ${JSON.stringify(answer)}`);
    }
    await page.getByRole("button", { name: "Stop", exact: true }).first().click();
    await page.getByRole("button", { name: "Stop", exact: true }).first().click();
    assert.equal(await page.locator(".cc-feed").count(), 0);
  });

  await report.check("a message is watched in one tab and sent from another", async () => {
    await watchAndSend(page);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
  });

  for (const way of ["WebSocket", "SSE"]) {
    await report.check(`a subscription over ${way} prints events as a device flaps`, async () => {
      await page.getByRole("button", { name: way, exact: true }).click();
      await openTab(page, "WatchChanges");
      await execute(page);
      await until("it watches", async () => (await responseOf(page)).events === "waiting for events");
      const flapping = platform.devices(`flap-${way.toLowerCase()}`);
      await until("it came", async () => (await responseOf(page)).received >= 1);
      flapping.kill();
      const { received, events } = await until("it went", async () => {
        const response = await responseOf(page);
        return response.received >= 2 && response;
      });
      assert.equal(received, 2);
      assert.equal(events[0].data.connectionChanged.reason, "LINK_LOST");
      await page
        .getByRole("button", { name: "Stop query" })
        .or(page.getByRole("button", { name: /Execute query/ }))
        .first()
        .click();
    });
  }

  await report.check("other credentials change who one is, also on new sockets", async () => {
    const reader = platform.token("--name", "reader", "--permission", "CONNECTION_READ");
    await page.getByRole("button", { name: "WebSocket", exact: true }).click();
    await useToken(page, reader);
    await viewer(page, "reader").waitFor();
    const greeting = new Promise((resolve) => page.once("websocket", (socket) => socket.once("framesent", resolve)));
    await openTab(page, "WatchChanges");
    await execute(page);
    assert.equal(JSON.parse((await greeting).payload).payload.authorization, `Bearer ${reader}`);
    await openTab(page, "SendMessage");
    await execute(page);
    await until("sending is refused", async () => (await responseOf(page)).errors?.[0].extensions.code === "FORBIDDEN");
  });

  await report.check("a wrong token is told, and an identity and a key are sent as such", async () => {
    await browser.expecting(/401 \(Unauthorized\)|WebSocket/, async () => {
      await useToken(page, "wrong");
      await page.getByRole("button", { name: "Refused: change credentials" }).waitFor();
      const request = () => page.waitForRequest((sent) => sent.url().endsWith("/graphql"));
      let sent = request();
      await credentials(page, "Identity header", async (dialog) =>
        dialog.getByLabel("Identity").fill('{"identity":{"org_id":"1"}}'),
      );
      assert.equal((await sent).headers()["x-rh-identity"], btoa('{"identity":{"org_id":"1"}}'));
      await page.getByRole("button", { name: "Refused: change credentials" }).waitFor();
      sent = request();
      await credentials(page, "Pre-shared key", async (dialog) => {
        await dialog.getByLabel("Client id").fill("service");
        await dialog.getByLabel("Pre-shared key").last().fill("s3cret");
      });
      assert.equal((await sent).headers()["x-rh-cloud-connector-psk"], "s3cret");
      await page.getByRole("button", { name: "Refused: change credentials" }).waitFor();
      // Here, since the last refusals may come after the first one is shown.
      await useToken(page, platform.startToken);
      await viewer(page, "developer").waitFor();
    });
  });

  await report.check("credentials are in no storage", async () => {
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state]),
    );
    assert.ok(!stored.includes(platform.startToken) && !stored.includes("s3cret"), stored);
  });

  await report.check("a copied program runs as it is, and holds no secret", async () => {
    await openTab(page, "OneDevice");
    const environment = { ...process.env, TOKEN: platform.startToken };
    for (const [language, command] of [
      ["curl", ["sh", "-c"]],
      ["TypeScript", ["node", "--input-type=module", "-e"]],
      ["Python", ["python3", "-c"]],
    ]) {
      const program = await copyAs(page, language);
      assert.ok(!program.includes(platform.startToken), language);
      const { stdout } = await run(command[0], [...command.slice(1), program], { env: environment });
      assert.match(stdout, /device\.example\.com/, `${language}: ${stdout}`);
    }
    assert.match(await copyAs(page, "Rust"), /std::env::var\("TOKEN"\)/);
    await openTab(page, "WatchChanges");
    const tail = spawn("sh", ["-c", await copyAs(page, "curl")], { env: environment, detached: true });
    let printed = "";
    tail.stdout.on("data", (text) => (printed += text));
    const flapping = platform.devices("flap-curl");
    await until("curl prints an event", () => printed.includes("flap-curl"));
    flapping.kill();
    process.kill(-tail.pid);
  });

  await report.check("a share link opens the operation elsewhere, without credentials", async () => {
    await openTab(page, "OneDevice");
    await page.getByRole("button", { name: /Copy a link/ }).click();
    const link = await until("the link is copied", () =>
      page.evaluate(() => navigator.clipboard.readText().then((text) => text.includes("#op=") && text)),
    );
    const stranger = await browser.person();
    const other = await stranger.newPage();
    await other.goto(link);
    await other.getByRole("button", { name: "Set credentials" }).waitFor();
    await until("the operation is there", async () => (await editorOf(other, "operation")).includes("query OneDevice"));
    assert.match(await editorOf(other, "variables"), /"clientId": "device"/);
    assert.equal(other.url(), `${platform.base}/`);
    await stranger.close();
  });

  await person.close();
  for (const dark of [false, true]) {
    await report.check(`the playground is accessible in the ${dark ? "dark" : "light"} theme`, async () => {
      const reader = await browser.person({ dark });
      const page = await browser.open(reader);
      await page.locator(".graphiql-query-editor .view-line").first().waitFor();
      await page.locator(".graphiql-doc-explorer-root-type").first().waitFor();
      await assertAccessible(page, "the playground");
      await viewer(page, "developer").click();
      await assertAccessible(page, "the viewer");
      await page.getByRole("button", { name: "Change credentials" }).click();
      await page.getByRole("dialog", { name: "Credentials" }).waitFor();
      await assertAccessible(page, "the credentials");
      await reader.close();
    });
  }
  await device.quit();
}
