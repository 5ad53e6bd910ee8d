import { expect, test } from "vitest";

import { tokenOfStartLink } from "./start-link";

test("the token of the start link is read once and leaves the address", () => {
  history.replaceState(null, "", "/?q=a#token=abc&op=xyz");
  expect(tokenOfStartLink()).toBe("abc");
  expect(location.search + location.hash).toBe("?q=a#op=xyz");
  expect(tokenOfStartLink()).toBeUndefined();
});
