// GraphiQL as one works in it.
import { until } from "./wait.mjs";

export async function openTab(page, name) {
  await page.locator(".graphiql-tab-button", { hasText: new RegExp(`^${name}$`) }).click();
  await until(`${name} is open`, async () =>
    new RegExp(`(query|mutation|subscription) ${name}\\b`).test(await editorOf(page, "operation")),
  );
}

export async function execute(page) {
  await page.getByRole("button", { name: /Execute query/ }).click();
}

/** Text of one of GraphiQL's editors: operation, variables, response. */
export function editorOf(page, which) {
  return page.evaluate((which) => {
    const editors = globalThis.__MONACO?.editor.getEditors() ?? [];
    return editors.find((editor) => editor.getModel()?.uri.path.includes(which))?.getValue() ?? "";
  }, which);
}

export async function responseOf(page) {
  return JSON.parse(await editorOf(page, "response"));
}

/** The message that the examples speak of was sent: a new one takes its place in both tabs. */
async function freshMessage(page) {
  const messageId = crypto.randomUUID();
  for (const [index, tab] of ["WatchOneMessage", "SendMessage"].entries()) {
    await openTab(page, tab);
    await page.evaluate((messageId) => {
      const editor = globalThis.__MONACO.editor
        .getEditors()
        .find((one) => one.getModel()?.uri.path.includes("variables"));
      editor.setValue(editor.getValue().replace(/"messageId": "[^"]*"/, `"messageId": "${messageId}"`));
    }, messageId);
    const holding = (messageId) => localStorage["graphiql:tabState"].split(messageId).length - 1;
    await until("the tab has it", async () => (await page.evaluate(holding, messageId)) > index);
  }
}

/** Watches a message in one tab, sends it from another, and sees it answered in the pane of what is live. */
export async function watchAndSend(page) {
  await freshMessage(page);
  await openTab(page, "WatchOneMessage");
  await execute(page);
  await until("it watches", async () => (await responseOf(page)).events === "waiting for events");
  await openTab(page, "SendMessage");
  await execute(page);
  await page.locator(".cc-feed", { hasText: "RESPONDED" }).waitFor();
}

export async function copyAs(page, language) {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.getByRole("button", { name: "Copy as a program" }).click();
  await page.getByRole("menuitem", { name: `Copy as ${language}` }).click();
  return until("it is copied", () => page.evaluate(() => navigator.clipboard.readText()));
}
