import { expect, test } from "vitest";

import { checked, checkedMetadata } from "./json";

test("JSON is taken, an empty text is no value, the rest is told where it breaks", () => {
  expect(checked(" [1] ")).toEqual({ ok: true, value: [1] });
  expect(checked(" ")).toEqual({ ok: true, value: null });
  const broken = checked('{\n  "a": 1,\n  b: 2\n}');
  expect(broken).toMatchObject({ ok: false, problem: expect.stringMatching(/line 3 column 3/) });
});

test("metadata is an object of strings", () => {
  expect(checkedMetadata('{"a":"b"}').ok).toBe(true);
  for (const text of ["[]", '"a"', '{"a":1}', '{"a":null}']) expect(checkedMetadata(text).ok, text).toBe(false);
});
