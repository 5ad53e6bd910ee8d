/**
 * How GraphiQL reaches the API. Credentials come from the session; what the headers editor says wins. Both reach
 * subscriptions, too: each has a socket of its own, so that none lives on under credentials given up since.
 */
import type { Fetcher, FetcherParams, FetcherReturnType } from "@graphiql/toolkit";

import { type Headers, type Credentials, headersOf } from "../api/credentials";
import { subscribeOverEvents } from "../api/event-stream";
import { post } from "../api/request";
import { openSocket, subscribeOverSocket } from "../api/socket";
import type { Sink, Stop } from "../api/subscription";

import { sendToBackground, startFeed, stopFeed } from "./live/feed";
import { activeTab, isInBackground } from "./live/tabs";
import { operationOf } from "./operation";
import { transport } from "./transport";

export function fetcherFor(credentials: Credentials): Fetcher {
  return (parameters, options) => {
    const headers = { ...headersOf(credentials), ...lowerCased(options?.headers ?? {}) };
    const operation = operationOf(parameters.query, parameters.operationName);
    const request = { ...parameters, operationName: operation?.name?.value ?? parameters.operationName ?? null };
    const answers = operation?.operation === "subscription" ? watch(request, headers) : post(request, headers);
    // GraphiQL shows whatever JSON comes; its types want graphql-js's own result classes.
    return answers as FetcherReturnType;
  };
}

interface Observer {
  next: (value: unknown) => void;
  error: (error: unknown) => void;
  complete: () => void;
}

/** An observable of the events so far, newest first, as GraphiQL takes one. */
function watch(parameters: FetcherParams, headers: Headers) {
  return {
    subscribe(observer: Observer) {
      const tab = activeTab();
      observer.next({ received: 0, events: "waiting for events" });
      const { id } = startFeed(
        parameters.operationName ?? "Subscription",
        tab,
        (sink) => subscribe({ ...parameters }, headers, sink),
        {
          next: ({ received, events }) => !isInBackground(tab) && observer.next({ received, events }),
          ended: (error) => (error ? observer.error(error) : observer.complete()),
        },
      );
      // GraphiQL stops when the button is pressed, and also when another tab is opened; it says which a moment later.
      const stop = () => queueMicrotask(() => (isInBackground(tab) ? sendToBackground(id) : stopFeed(id)));
      return { unsubscribe: stop };
    },
  };
}

function subscribe(request: FetcherParams, headers: Headers, sink: Sink<unknown>): Stop {
  return transport.get() === "sse"
    ? subscribeOverEvents(request, headers, sink)
    : subscribeOverSocket(
        openSocket(() => headers),
        request,
        sink,
      );
}

function lowerCased(headers: Record<string, unknown>): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
