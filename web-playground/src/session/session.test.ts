import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.resetModules();
  history.replaceState(null, "", "/");
});

/** Another page of the same origin: a session of its own. */
async function page(token?: string) {
  vi.resetModules();
  history.replaceState(null, "", token ? `/#token=${token}` : "/");
  const session = await import("./session");
  session.startSession();
  return session.credentials;
}

test("a page without credentials is let in by one that has some, and what is forgotten stays forgotten", async () => {
  const first = await page("abc");
  const second = await page();
  await vi.waitFor(() => expect(second.get()).toEqual({ kind: "token", token: "abc" }));
  second.set({ kind: "none" });
  const third = await page();
  await vi.waitFor(() => expect(third.get()).toEqual(first.get()));
  expect(second.get()).toEqual({ kind: "none" });
});
