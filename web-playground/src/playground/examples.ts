/** The tabs a newcomer finds: the files of `examples/`, each run against the server by a test. */

export interface Example {
  title: string;
  query: string;
  variables: string;
}

const operations = import.meta.glob<string>("../../../examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const variables = import.meta.glob<string>("../../../examples/*.variables.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

const ORDER = ["who-am-i", "my-connections", "one-device", "send-a-message", "watch-changes", "watch-one-message"];

/** The message the examples speak of: fresh on every call, so that watching and sending meet on a new one. */
const SAMPLE_MESSAGE = "11111111-2222-4333-8444-555555555555";

export function examples(messageId: string = crypto.randomUUID()): Example[] {
  return ORDER.map((title) => ({
    title,
    query: fileOf(operations, `${title}.graphql`) ?? "",
    variables: (fileOf(variables, `${title}.variables.json`) ?? "").replaceAll(SAMPLE_MESSAGE, messageId).trim(),
  }));
}

function fileOf(files: Record<string, string>, name: string): string | undefined {
  return files[`../../../examples/${name}`];
}
