import { afterEach, expect, test, vi } from "vitest";

import type { Sink } from "../../api/subscription";

import { feeds, sendToBackground, startFeed, stopAllFeeds, stopFeed } from "./feed";

afterEach(stopAllFeeds);

function start(tab: string) {
  const stop = vi.fn();
  const told = { next: vi.fn(), ended: vi.fn() };
  let sink: Sink<unknown> | undefined;
  const feed = startFeed(
    "Watch",
    tab,
    (given) => {
      sink = given;
      return stop;
    },
    told,
  );
  return { feed, stop, told, sink: sink as Sink<unknown> };
}

test("a feed goes on in the background, newest event first, with as many as can be looked through", () => {
  const { feed, sink } = start("tab");
  sendToBackground(feed.id);
  for (let n = 1; n <= 60; n += 1) sink.next({ data: { n } });
  expect(feeds.get()[0]).toMatchObject({ inBackground: true, received: 60 });
  expect(feeds.get()[0]?.events).toHaveLength(50);
  expect(feeds.get()[0]?.events[0]?.data).toEqual({ n: 60 });
});

test("a tab has one feed: starting another ends the first", () => {
  const first = start("tab");
  start("tab");
  expect(first.stop).toHaveBeenCalled();
  expect(feeds.get()).toHaveLength(1);
});

test("an ended feed says why and can be removed", () => {
  const { feed, sink, told } = start("tab");
  sink.ended(new Error("gone"));
  expect(feeds.get()[0]?.ending).toBe("gone");
  expect(told.ended).toHaveBeenCalled();
  stopFeed(feed.id);
  expect(feeds.get()).toHaveLength(0);
});
