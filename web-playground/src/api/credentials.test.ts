import { expect, test } from "vitest";

import { headersOf } from "./credentials";

test("each kind travels under the names the server looks for", () => {
  expect(headersOf({ kind: "none" })).toEqual({});
  expect(headersOf({ kind: "token", token: "t" })).toEqual({ authorization: "Bearer t" });
  expect(headersOf({ kind: "key", clientId: "c", key: "k", orgId: "1", accountNumber: "" })).toEqual({
    "x-rh-cloud-connector-client-id": "c",
    "x-rh-cloud-connector-psk": "k",
    "x-rh-cloud-connector-org-id": "1",
  });
});

test("an identity is encoded when it is JSON, and taken as it is when it is base64", () => {
  const identity = '{"identity":{"org_id":"1","user":{"username":"Zoë"}}}';
  const encoded = headersOf({ kind: "identity", identity: ` ${identity} ` })["x-rh-identity"] ?? "";
  expect(new TextDecoder().decode(Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)))).toBe(identity);
  expect(headersOf({ kind: "identity", identity: encoded })["x-rh-identity"]).toBe(encoded);
});
