/** Subscriptions over server-sent events, one stream each (graphql-sse, distinct connections). */
import { type Answer, Unreachable, asError } from "./answer";
import type { Headers } from "./credentials";
import { type Request, answerOf, send } from "./request";
import type { Sink, Stop } from "./subscription";

export function subscribeOverEvents<Data>(request: Request, headers: Headers, sink: Sink<Data>): Stop {
  const abort = new AbortController();
  const tell = (ending?: Error) => {
    if (!abort.signal.aborted) sink.ended(ending);
  };
  follow(request, headers, (answer: Answer<Data>) => sink.next(answer), abort.signal).then(
    () => tell(),
    (error: unknown) => tell(asError(error)),
  );
  return () => abort.abort();
}

async function follow<Data>(
  request: Request,
  headers: Headers,
  next: (answer: Answer<Data>) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await send(request, { ...headers, accept: "text/event-stream" }, signal);
  if (!response.headers.get("content-type")?.startsWith("text/event-stream") || !response.body) {
    next(await answerOf<Data>(response));
    return;
  }
  for await (const block of blocksOf(response.body)) {
    const { name, data } = fieldsOf(block);
    if (name === "next") next(JSON.parse(data) as Answer<Data>);
    if (name === "complete") return;
  }
  throw new Unreachable("the stream broke off");
}

/** Texts between blank lines. */
async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    yield* blocks;
  }
}

/** Name and data of one event; lines that start with a colon only keep the connection alive. */
export function fieldsOf(block: string): { name: string; data: string } {
  const values = (field: string) =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ""));
  return { name: values("event")[0] ?? "message", data: values("data").join("\n") };
}
