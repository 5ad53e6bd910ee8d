// Runs a query, a refused query, a mutation and a subscription with the stock `@urql/core` client, subscriptions through
// `graphql-ws`: as the fleet page does.
// usage: node urql.mjs http://127.0.0.1:8080/graphql ws://127.0.0.1:8080/graphql/ws TOKEN
import assert from "node:assert/strict";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, socketUrl, token] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const socket = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: { authorization },
  retryAttempts: 0,
});
const client = new Client({
  url,
  fetchOptions: { headers: { authorization } },
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: query ?? "", variables }, sink) }),
      }),
    }),
  ],
});

const viewer = await client.query("query Viewer { viewer { name } }", {}).toPromise();
assert.equal(viewer.error, undefined);
assert.ok(viewer.data.viewer.name);

const refused = await client.query("query Nothing { nothing }", {}).toPromise();
assert.equal(refused.error.graphQLErrors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");

const ping = "mutation Ping($id: ID!) { ping(input: { clientId: $id }) { message { state } errors { code } } }";
const pinged = await client.mutation(ping, { id: "nobody" }).toPromise();
assert.equal(pinged.error, undefined);
assert.equal(pinged.data.ping.errors[0].code, "CLIENT_NOT_FOUND");

const counts = "subscription Counts { connectionStatsChanged(minIntervalMs: 250) { total } }";
const told = await new Promise((resolve) => {
  const { unsubscribe } = client.subscription(counts, {}).subscribe((result) => {
    resolve(result);
    unsubscribe?.();
  });
});
assert.equal(told.error, undefined);
assert.equal(typeof told.data.connectionStatsChanged.total, "number");
await socket.dispose();
