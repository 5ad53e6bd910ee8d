/** Subscriptions over WebSocket (graphql-transport-ws). */
import { type Client, createClient } from "graphql-ws";

import { socketAddress } from "./address";
import { type Answer, Refusal, Unreachable, type Problem, asError } from "./answer";
import type { Headers } from "./credentials";
import type { Request } from "./request";
import type { Sink, Stop } from "./subscription";

/** A socket that opens with its first subscription, proves who calls with `headers`, and closes after its last. */
export function openSocket(headers: () => Headers): Client {
  return createClient({
    url: socketAddress(),
    connectionParams: headers,
    lazy: true,
    // Whoever subscribes decides what a lost connection means: resuming unasked would hide that something was missed.
    retryAttempts: 0,
    keepAlive: 20_000,
  });
}

export function subscribeOverSocket<Data>(socket: Client, request: Request, sink: Sink<Data>): Stop {
  let stopped = false;
  const tell = (ending?: Error) => {
    if (!stopped) sink.ended(ending);
  };
  const unsubscribe = socket.subscribe(
    { ...request },
    {
      next: (result) => sink.next(result as Answer<Data>),
      error: (error) => tell(asProblem(error)),
      complete: () => tell(),
    },
  );
  return () => {
    stopped = true;
    unsubscribe();
  };
}

/** What graphql-ws tells: a list of errors where the server refused, else a close event or an error event. */
function asProblem(error: unknown): Error {
  if (Array.isArray(error)) return new Refusal(error as Problem[]);
  if (error instanceof CloseEvent) {
    const text = `the connection was closed: ${error.code} ${error.reason}`.trim();
    return new Unreachable(text, { cause: error });
  }
  return error instanceof Event ? new Unreachable("the server does not answer") : asError(error);
}
