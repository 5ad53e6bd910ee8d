// Who one is, and becoming somebody else.

export function viewer(page, name) {
  return page.locator(".cc-viewer", { hasText: name });
}

export async function credentials(page, kind, fill) {
  await page.locator(".cc-viewer").click();
  const change = page.getByRole("button", { name: "Change credentials" });
  const dialog = page.getByRole("dialog", { name: "Credentials" });
  await change.and(page.locator(".cc-viewer-details *")).or(dialog).first().waitFor();
  if (!(await dialog.isVisible())) await change.click();
  await dialog.getByRole("button", { name: kind }).click();
  await fill(dialog);
  await dialog.getByRole("button", { name: "Use these" }).click();
  await dialog.waitFor({ state: "hidden" });
}

export function useToken(page, token) {
  return credentials(page, "Token (JWT)", (dialog) => dialog.getByLabel("Token", { exact: true }).fill(token));
}
