import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Refusal, Unreachable } from "../api/answer";

import { type Condition, Upkeep } from "./upkeep";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An upkeep of something whose starts come out as listed; the last outcome repeats. */
function keeping(...outcomes: (Error | "starts")[]) {
  const told: Condition["kind"][] = [];
  let starts = 0;
  let fail: (error?: Error) => void = () => undefined;
  const stop = vi.fn();
  const upkeep = new Upkeep(
    async (failed) => {
      fail = failed;
      const outcome = outcomes[Math.min(starts, outcomes.length - 1)];
      starts += 1;
      if (outcome instanceof Error) throw outcome;
      return stop;
    },
    ({ kind }) => told.push(kind),
  );
  return { upkeep, told, stop, starts: () => starts, fail: (error?: Error) => fail(error) };
}

test("what cannot be reached is tried again until it works", async () => {
  const kept = keeping(new Unreachable("down"), new Unreachable("down"), "starts");
  kept.upkeep.begin();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(kept.told.at(-1)).toBe("live");
  expect(kept.starts()).toBe(3);
});

test("a refusal is not tried again, an expired cursor or a timeout is", async () => {
  const refused = keeping(new Refusal([{ message: "no", extensions: { code: "FORBIDDEN" } }]));
  refused.upkeep.begin();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refused.starts()).toBe(1);
  expect(refused.told.at(-1)).toBe("refused");

  for (const code of ["CURSOR_EXPIRED", "TIMEOUT"]) {
    const passing = keeping(
      new Refusal([{ message: "not now", extensions: { code, retryAfterMs: 30_000 } }]),
      "starts",
    );
    passing.upkeep.begin();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(passing.starts()).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(passing.told.at(-1)).toBe("live");
  }
});

test("what fails later is stopped and begun again; once ended, nothing begins", async () => {
  const kept = keeping("starts");
  kept.upkeep.begin();
  await vi.advanceTimersByTimeAsync(0);
  kept.fail(new Unreachable("restart"));
  expect(kept.stop).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(kept.starts()).toBe(2);
  kept.upkeep.end();
  kept.fail(new Unreachable("late"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(kept.starts()).toBe(2);
});
