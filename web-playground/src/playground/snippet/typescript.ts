import { type Call, type HeaderLine, json } from "./call";

export function typescript(call: Call): string {
  return call.isSubscription ? subscription(call) : request(call);
}

function request({ address, query, variables, headers }: Call): string {
  return `const query = ${template(query)};

const response = await fetch(${JSON.stringify(address)}, {
  method: "POST",
  headers: {
    "content-type": "application/json",
${lines(headers, "    ")}
  },
  body: JSON.stringify({ query, variables: ${json(variables, "  ")} }),
});
const { data, errors } = await response.json();
console.log(data, errors);
`;
}

function subscription({ socket, query, variables, headers }: Call): string {
  return `// npm install graphql-ws graphql ws
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const query = ${template(query)};

const client = createClient({
  url: ${JSON.stringify(socket)},
  webSocketImpl: WebSocket,
  connectionParams: {
${lines(headers, "    ")}
  },
});
for await (const { data, errors } of client.iterate({ query, variables: ${json(variables, "  ")} })) {
  console.log(data, errors);
}
`;
}

function lines(headers: HeaderLine[], indent: string): string {
  return headers
    .map(
      ({ name, text, variable }) =>
        `${indent}"${name}": ${variable ? `\`${text}\${process.env.${variable}}\`` : JSON.stringify(text)},`,
    )
    .join("\n");
}

function template(text: string): string {
  return `\`\n${text.trim().replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${")}\n\``;
}
