// Runs a query, a refused one and a subscription with the stock `graphql-sse` client, in distinct connections mode.
// usage: node sse.mjs http://127.0.0.1:8080/graphql TOKEN
import assert from "node:assert/strict";
import { createClient } from "graphql-sse";

const [url, token] = process.argv.slice(2);
const client = createClient({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
const results = [];
for await (const result of client.iterate({ query: "{ viewer { name } }" })) results.push(result);
assert.equal(results.length, 1);
assert.ok(results[0].data.viewer.name);
for await (const result of client.iterate({ query: "{ nothing }" })) {
  assert.equal(result.errors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
}
const counts = "subscription { connectionStatsChanged(minIntervalMs: 250) { total } }";
for await (const result of client.iterate({ query: counts })) {
  assert.equal(typeof result.data.connectionStatsChanged.total, "number");
  break;
}
client.dispose();
