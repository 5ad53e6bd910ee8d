// Lists devices, sends one of them a message and waits for its answer, then watches the fleet until something changes.
// Every result has the type that its document selects, and the build checks the documents against the schema.
//
//   npm ci && npm run build                                  (in this folder)
//   CLOUD_CONNECTOR_TOKEN=$(cloud-connector token --org 10000) npm start -- device
import { randomUUID } from "node:crypto";
import { initGraphQLTada, type TadaDocumentNode } from "gql.tada";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { introspection } from "./graphql-env.js";

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; UUID: string; JSON: unknown; JSONObject: Record<string, unknown> };
}>();

const url = process.env.CLOUD_CONNECTOR_URL ?? "http://127.0.0.1:8080/graphql";
const authorization = `Bearer ${process.env.CLOUD_CONNECTOR_TOKEN}`;
const clientId = process.argv[2] ?? "device";
// `retryAttempts` and `after` (each event has a cursor) let a real client resume where it was.
const socket = createClient({
  url: `${url.replace(/^http/, "ws")}/ws`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization },
});

async function execute<R, V>(document: TadaDocumentNode<R, V>, variables: V): Promise<R> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data?: R; errors?: { message: string }[] };
  if (errors || !data) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  return data;
}

async function* watch<R, V extends Record<string, unknown>>(document: TadaDocumentNode<R, V>, variables: V): AsyncGenerator<R> {
  for await (const { data, errors } of socket.iterate<R>({ query: print(document), variables })) {
    if (errors || !data) throw new Error(errors?.[0]?.message ?? "no data");
    yield data;
  }
}

const Online = graphql(`query { connections(first: 20, filter: { state: [ONLINE] }) { nodes { clientId dispatchers { name } } } }`);
for (const device of (await execute(Online, {})).connections.nodes) {
  console.log("online:", device.clientId, device.dispatchers.map((worker) => worker.name).join(" "));
}

// Taken before the message is sent, so that no step of it is missed.
const { changesCursor: after } = await execute(graphql(`query { changesCursor }`), {});
const Send = graphql(`mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { state } errors { code message } } }`);
const messageId = randomUUID();
const { sendMessage } = await execute(Send, { input: { clientId, messageId, directive: "echo", content: { hello: "world" } } });
if (sendMessage.errors[0]) throw new Error(`${sendMessage.errors[0].code}: ${sendMessage.errors[0].message}`);
const Steps = graphql(`subscription ($id: UUID!, $after: String) {
  messageStateChanged(filter: { messageIds: [$id] }, after: $after) { state message { responses(first: 1) { nodes { content } } } }
}`);
for await (const { messageStateChanged: step } of watch(Steps, { id: messageId, after })) {
  console.log("message:", step.state);
  if (step.state !== "RESPONDED") continue;
  console.log("answer:", JSON.stringify(step.message.responses.nodes[0]?.content));
  break;
}

console.log("watching: start or stop a device");
const Changes = graphql(`subscription ($after: String) { connectionChanged(after: $after) { clientId state reason } }`);
for await (const { connectionChanged: change } of watch(Changes, { after })) {
  console.log("change:", change.clientId, change.state, change.reason);
  break;
}
await socket.dispose();
