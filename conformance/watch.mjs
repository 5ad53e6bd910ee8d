// Prints the events of a subscription with the stock `graphql-ws` client, one JSON line each.
// usage: node watch.mjs ws://127.0.0.1:8080/graphql/ws TOKEN 'subscription { … }' [COUNT]
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, query, count = "Infinity"] = process.argv.slice(2);
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
});
let left = Number(count);
try {
  for await (const result of client.iterate({ query })) {
    console.log(JSON.stringify(result));
    left -= 1;
    if (left <= 0) break;
  }
} catch (ended) {
  console.error(`the subscription ended: ${ended.reason ?? ended.message}`);
  process.exitCode = 1;
}
await client.dispose();
