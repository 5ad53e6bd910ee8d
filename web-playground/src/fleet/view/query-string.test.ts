import { expect, test } from "vitest";

import { queryStringOf, viewOf } from "./query-string";
import { type View, filterOf, firstView, pageOf } from "./view";

const busy: View = {
  search: "web 10.1",
  state: "OFFLINE",
  tags: ["site=north", "canary"],
  dispatchers: ["echo"],
  versions: ["1.0"],
  sort: { field: "LAST_SEEN_AT", direction: "DESC" },
  size: 80,
  after: "abc",
  before: undefined,
  columns: ["state", "org"],
  device: "host-1",
  pane: "history",
};

test("a view survives the address, and the first one needs none", () => {
  expect(viewOf(queryStringOf(busy))).toEqual(busy);
  expect(queryStringOf(firstView)).toBe("");
  expect(viewOf("")).toEqual(firstView);
});

test("what cannot be read is as at first", () => {
  expect(viewOf("?state=up&sort=-nothing&size=7&pane=x&columns=&after=")).toEqual({ ...firstView, columns: [] });
});

test("the counts are over everything but the state, the page is over all", () => {
  expect(filterOf(busy)).toEqual({
    search: "web 10.1",
    tags: [{ key: "site", value: "north" }, { key: "canary" }],
    dispatchers: ["echo"],
    clientVersion: { in: ["1.0"] },
  });
  expect(pageOf(busy)).toMatchObject({ filter: { state: ["OFFLINE"] }, first: 80, after: "abc" });
  expect(pageOf({ ...firstView, before: "x" })).toMatchObject({ last: 50, before: "x" });
});
