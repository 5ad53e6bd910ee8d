// Runs the audits of graphql-http against a server.
// usage: node audit.mjs http://127.0.0.1:8080/graphql TOKEN
import { serverAudits } from "graphql-http";

const [url, token] = process.argv.slice(2);
const withToken = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  return fetch(input, { ...init, headers });
};
const counts = {};
for (const audit of serverAudits({ url, fetchFn: withToken })) {
  const result = await audit.fn();
  counts[result.status] = (counts[result.status] ?? 0) + 1;
  if (result.status !== "ok") console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
}
console.log(JSON.stringify(counts));
process.exit(Object.keys(counts).every((status) => status === "ok") ? 0 : 1);
