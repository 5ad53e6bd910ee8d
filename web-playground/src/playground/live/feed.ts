/**
 * A running subscription. GraphiQL ends a tab's subscription when another tab is opened; a feed goes on, so that one can
 * watch and act, and its events are found in the pane "Live".
 */
import type { Answer } from "../../api/answer";
import type { Sink, Stop } from "../../api/subscription";
import { type Store, store } from "../../store";

/** Events kept per feed, newest first. */
const KEPT = 50;

interface Entry extends Answer<unknown> {
  at: string;
}

export interface Feed {
  readonly id: number;
  readonly name: string;
  readonly tab: string | undefined;
  readonly received: number;
  readonly events: readonly Entry[];
  /** Whether its tab is no longer looked at. */
  readonly inBackground: boolean;
  /** Why it ended; `undefined` while it is live. */
  readonly ending?: string;
}

export const feeds: Store<readonly Feed[]> = store<readonly Feed[]>([]);

const stops = new Map<number, Stop>();
let lastId = 0;

/** Starts a feed in place of the tab's former one. What is told to `sink` is in the store already. */
export function startFeed(
  name: string,
  tab: string | undefined,
  subscribe: (sink: Sink<unknown>) => Stop,
  sink: { next: (feed: Feed) => void; ended: (error?: Error) => void },
): Feed {
  const former = feeds.get().find((feed) => feed.tab === tab);
  if (former) stopFeed(former.id);
  lastId += 1;
  const feed: Feed = { id: lastId, name, tab, received: 0, events: [], inBackground: false };
  feeds.set([feed, ...feeds.get()]);
  const stop = subscribe({
    next: (answer) => {
      const changed = change(feed.id, (now) => withEvent(now, answer));
      if (changed) sink.next(changed);
    },
    ended: (error) => {
      change(feed.id, (now) => ({ ...now, ending: error?.message ?? "completed by the server" }));
      sink.ended(error);
    },
  });
  stops.set(feed.id, () => {
    stop();
    sink.ended();
  });
  return feed;
}

/** Its tab is left: from now on it is found in the pane alone. */
export function sendToBackground(id: number): void {
  change(id, (feed) => ({ ...feed, inBackground: true }));
}

/** For callers that changed: nothing they started goes on. */
export function stopAllFeeds(): void {
  for (const { id } of feeds.get()) stopFeed(id);
}

/** Ends and forgets a feed. */
export function stopFeed(id: number): void {
  stops.get(id)?.();
  stops.delete(id);
  feeds.set(feeds.get().filter((feed) => feed.id !== id));
}

function withEvent(feed: Feed, answer: Answer<unknown>): Feed {
  const events = [{ at: new Date().toISOString(), ...answer }, ...feed.events].slice(0, KEPT);
  return { ...feed, received: feed.received + 1, events };
}

function change(id: number, changed: (feed: Feed) => Feed): Feed | undefined {
  feeds.set(feeds.get().map((feed) => (feed.id === id ? changed(feed) : feed)));
  return feeds.get().find((feed) => feed.id === id);
}
