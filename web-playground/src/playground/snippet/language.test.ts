import { expect, test } from "vitest";

import type { Credentials } from "../../api/credentials";

import { type Call, headerLines } from "./call";
import { languages } from "./language";

const secrets: Credentials[] = [
  { kind: "token", token: "s3cret" },
  { kind: "identity", identity: "s3cret" },
  { kind: "key", clientId: "service", key: "s3cret", orgId: "10000", accountNumber: "" },
];

function call(credentials: Credentials, isSubscription = false): Call {
  return {
    address: "http://127.0.0.1:8080/graphql",
    socket: "ws://127.0.0.1:8080/graphql/ws",
    query: "query Q($x: JSON) { it(x: $x) }",
    variables: { x: 'it\'s "#" `${1}` \\n' },
    isSubscription,
    headers: headerLines(credentials),
  };
}

test("no program holds a secret: each names an environment variable", () => {
  for (const { name, write } of languages) {
    for (const credentials of secrets) {
      const program = write(call(credentials));
      expect(program, name).not.toContain("s3cret");
      expect(program, name).toMatch(/TOKEN|IDENTITY|KEY/);
    }
  }
});

test("a subscription is followed, not asked once", () => {
  for (const { name, write } of languages) {
    expect(write(call({ kind: "none" }, true)), name).toMatch(/text\/event-stream|graphql-ws/);
  }
});
