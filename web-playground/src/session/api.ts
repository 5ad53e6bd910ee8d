/** The API with the session's credentials: typed questions, and subscriptions over one socket. */
import { dataOf } from "../api/answer";
import { type Document, textOf } from "../api/document";
import { post } from "../api/request";
import { openSocket, subscribeOverSocket } from "../api/socket";
import type { Sink, Stop } from "../api/subscription";

import { callerHeaders, credentials } from "./session";

const socket = openSocket(callerHeaders);

// Whoever the socket was opened for is no longer the caller: what runs on it ends, and begins anew as the new one.
credentials.watch(() => socket.terminate());

/** The data of a query or mutation. Throws `Refusal` or `Unreachable`. */
export async function ask<Data, Variables extends object>(
  document: Document<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  return dataOf(await post<Data>(requestOf(document, variables), callerHeaders(), signal));
}

/** Follows a subscription; a result with errors ends it. */
export function follow<Data, Variables extends object>(
  document: Document<Data, Variables>,
  variables: Variables,
  sink: { next: (data: Data) => void; ended: Sink<Data>["ended"] },
): Stop {
  const stop = subscribeOverSocket<Data>(socket, requestOf(document, variables), {
    next: (answer) => {
      try {
        sink.next(dataOf(answer));
      } catch (error) {
        stop();
        sink.ended(error as Error);
      }
    },
    ended: sink.ended,
  });
  return stop;
}

function requestOf<Data, Variables extends object>(document: Document<Data, Variables>, variables: Variables) {
  return { query: textOf(document), variables: variables as Record<string, unknown> };
}
