import { type Call, json } from "./call";

export function curl({ address, query, variables, isSubscription, headers }: Call): string {
  const lines = [
    `curl ${isSubscription ? "-N" : "-s"} ${address}`,
    ...headers.map(({ name, text, variable }) => `-H ${shell(`${name}: ${text}`)}${variable ? `"$${variable}"` : ""}`),
    `-H 'content-type: application/json'`,
    ...(isSubscription ? [`-H 'accept: text/event-stream'`] : []),
    "--data-binary @- <<'JSON'",
  ];
  return `${lines.join(" \\\n  ")}\n${json({ query, variables })}\nJSON\n`;
}

/** A word for the shell, in single quotes. */
function shell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
