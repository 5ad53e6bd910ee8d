import { expect, test } from "vitest";

import { operationOf } from "./operation";

test("the only operation is meant, whatever name lags behind; of several, the named one", () => {
  expect(operationOf("subscription Watch { x }", "FormerTab")?.operation).toBe("subscription");
  const two = "query A { x } subscription B { y }";
  expect(operationOf(two, "B")?.operation).toBe("subscription");
  expect(operationOf(two, "C")).toBeUndefined();
  expect(operationOf("{ not", "A")).toBeUndefined();
});
