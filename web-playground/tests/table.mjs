// The table of devices as one sees it.

export function row(page, clientId) {
  return page.locator(`[data-device="${clientId}"]`);
}

export function rows(page) {
  return page.locator("[data-device]").allTextContents();
}

export async function sameRows(page, expected) {
  return JSON.stringify(await rows(page)) === JSON.stringify(expected);
}

export async function stateOf(page, clientId, text) {
  await page
    .locator("tr", { has: row(page, clientId) })
    .getByText(text)
    .waitFor();
}

export async function countOf(page, name) {
  return Number(await page.locator(".cc-count", { hasText: name }).locator(".cc-count-value").textContent());
}
