// @vitest-environment node
import { expect, test } from "vitest";

import { fragmentOf, operationOf } from "./share-link";

test("an operation survives its link, in any script", async () => {
  const shared = { query: '{ viewer { name } } # "grüße" 你好', variables: '{"a": 1}' };
  const fragment = await fragmentOf(shared);
  expect(fragment).toMatch(/^#op=[\w-]+$/);
  expect(await operationOf(fragment)).toEqual(shared);
});

test("a link that was cut or made up is no operation", async () => {
  const whole = await fragmentOf({ query: "{ viewer { name } }" });
  for (const fragment of ["", "#token=x", "#op=", "#op=%%%", "#op=AAAA", whole.slice(0, -6)]) {
    expect(await operationOf(fragment), fragment).toBeUndefined();
  }
});
