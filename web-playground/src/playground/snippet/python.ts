import { type Call, json } from "./call";

/** Python's standard library alone; a subscription comes as server-sent events. */
export function python({ address, query, variables, isSubscription, headers }: Call): string {
  const accept = isSubscription ? `\n        "accept": "text/event-stream",` : "";
  const lines = headers.map(
    ({ name, text, variable }) =>
      `        "${name}": ${variable ? `${JSON.stringify(text)} + os.environ["${variable}"]` : JSON.stringify(text)},`,
  );
  return `import json
import os
import urllib.request

QUERY = ${docstring(query)}

request = urllib.request.Request(
    ${JSON.stringify(address)},
    data=json.dumps({"query": QUERY, "variables": json.loads(${docstring(json(variables))})}).encode(),
    headers={
        "content-type": "application/json",${accept}
${lines.join("\n")}
    },
)
with urllib.request.urlopen(request) as response:
${isSubscription ? PRINT_EVENTS : PRINT_ANSWER}`;
}

const PRINT_ANSWER = "    print(json.dumps(json.load(response), indent=2))\n";
const PRINT_EVENTS = `    for line in response:
        if line.startswith(b"data:") and line[5:].strip():
            print(json.loads(line[5:]))
`;

function docstring(text: string): string {
  return `"""\n${text.trim().replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"')}\n"""`;
}
