// The fleet page for everybody: both themes, small screens, assistive technology.
import assert from "node:assert/strict";

import { assertAccessible } from "./axe.mjs";
import { row } from "./table.mjs";

export async function testLooks({ browser, report }) {
  for (const dark of [false, true]) {
    await report.check(`the fleet page is accessible in the ${dark ? "dark" : "light"} theme`, async () => {
      const person = await browser.person({ dark });
      const page = await browser.open(person, "/fleet");
      await row(page, "node-2").waitFor();
      await assertAccessible(page, "the fleet");
      await row(page, "node-2").click();
      for (const tab of ["Overview", "Send", "Messages", "History", "Facts"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.locator(".cc-pane > :not(.pf-v6-c-skeleton)").first().waitFor();
        await assertAccessible(page, tab);
      }
      await page.getByRole("tab", { name: "Overview" }).click();
      await page.getByRole("button", { name: "Reconnect…" }).click();
      await page.getByRole("dialog", { name: /Reconnect node-2/ }).waitFor();
      await assertAccessible(page, "the dialog");
      await person.close();
    });
  }

  await report.check("nothing is cut off on a phone, nor at 200% zoom", async () => {
    for (const width of [320, 640]) {
      const person = await browser.person({ width, height: 700 });
      const page = await browser.open(person, "/fleet");
      await row(page, "node-2").waitFor();
      await assertFits(page, width);
      await row(page, "node-2").click();
      await page.getByRole("tab", { name: "Send" }).click();
      await page.getByLabel("Content (JSON)").waitFor();
      await assertFits(page, width);
      await person.close();
    }
  });
}

async function assertFits(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${wide} px on ${width}`);
}
