// Runs the audits of graphql-http against a server.
// usage: node audit.mjs http://127.0.0.1:8080/graphql TOKEN
import { serverAudits } from "graphql-http";

const [url, token] = process.argv.slice(2);
const withToken = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  return fetch(input, { ...init, headers });
};
// As many as this version has; fewer would be another list.
const AUDITS = 61;
const counts = {};
for (const audit of serverAudits({ url, fetchFn: withToken })) {
  const result = await audit.fn();
  counts[result.status] = (counts[result.status] ?? 0) + 1;
  if (result.status !== "ok") console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
}
const { ok = 0, ...others } = counts;
console.log(`${ok} of ${AUDITS} audits of graphql-http are ok`);
process.exit(ok === AUDITS && Object.keys(others).length === 0 ? 0 : 1);
