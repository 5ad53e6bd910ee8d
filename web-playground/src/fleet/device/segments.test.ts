import { expect, test } from "vitest";

import type { StateChange } from "../documents/device";

import { onlineShare, segmentsOf } from "./segments";

function changed(
  minute: number,
  state: StateChange["state"],
  previousState: StateChange["previousState"],
): StateChange {
  return {
    version: minute,
    state,
    previousState,
    reason: "REPORTED",
    occurredAt: new Date(minute * 60_000).toISOString(),
  };
}

/** Newest first, as the API gives them. */
const changes = [changed(50, "ONLINE", "OFFLINE"), changed(40, "OFFLINE", "ONLINE"), changed(10, "ONLINE", null)];

function minutes(from: number, to: number) {
  return segmentsOf(changes, from * 60_000, to * 60_000).map((one) => [one.from / 60_000, one.to / 60_000, one.state]);
}

test("a span is filled without gaps, and what came before the first change is not known", () => {
  expect(minutes(0, 60)).toEqual([
    [0, 10, undefined],
    [10, 40, "ONLINE"],
    [40, 50, "OFFLINE"],
    [50, 60, "ONLINE"],
  ]);
});

test("a span within one stretch is that stretch, and the share counts known time only", () => {
  expect(minutes(20, 30)).toEqual([[20, 30, "ONLINE"]]);
  expect(onlineShare(segmentsOf(changes, 0, 60 * 60_000))).toBeCloseTo(40 / 50);
  expect(onlineShare(segmentsOf([], 0, 1))).toBeUndefined();
});
