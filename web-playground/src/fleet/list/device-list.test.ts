import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Unreachable } from "../../api/answer";
import type { DeviceChange, DeviceRow } from "../documents/device";

import { DeviceList } from "./device-list";
import type { ChangeSink, Source } from "./source";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function device(clientId: string, version = 1, state: DeviceRow["state"] = "ONLINE"): DeviceRow {
  return {
    clientId,
    orgId: "1",
    state,
    stateReason: "REPORTED",
    stateChangedAt: "2026-11-24T10:00:00Z",
    lastSeenAt: "2026-11-24T10:00:00Z",
    version,
    sharedIdentitySuspected: false,
    clientVersion: null,
    canonicalFacts: null,
    dispatchers: [],
    tags: [],
  };
}

function change(connection: DeviceRow, missed = 0): DeviceChange {
  return { kind: "STATE", clientId: connection.clientId, version: connection.version, missed, connection };
}

/** An API with one page of devices, whose rows a test may replace. */
class OnePage implements Source {
  rows = ["a", "b", "c"].map((clientId) => device(clientId));
  reads = 0;
  isDown = false;
  followed: { clientIds: readonly string[]; after: string } | undefined;
  private sink: ChangeSink | undefined;

  page() {
    this.reads += 1;
    if (this.isDown) return Promise.reject(new Unreachable("down"));
    const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    return Promise.resolve({ rows: this.rows, pageInfo, cursor: `cursor ${this.reads}` });
  }

  changes(clientIds: readonly string[], after: string, sink: ChangeSink) {
    this.followed = { clientIds, after };
    this.sink = sink;
    return () => (this.sink = undefined);
  }

  tell(told: DeviceChange): void {
    this.sink?.next(told);
  }

  breakOff(): void {
    this.sink?.ended(new Unreachable("restart"));
  }
}

async function shown(source = new OnePage()) {
  const list = new DeviceList(source);
  list.show({ first: 50 });
  await vi.advanceTimersByTimeAsync(0);
  const ids = () => list.state.get().rows.map((row) => row.clientId);
  return { source, list, ids, state: () => list.state.get() };
}

const soon = 10_000;

test("changes are collected and applied in place; what is older than shown is dropped", async () => {
  const { source, ids, state } = await shown();
  expect(source.followed).toEqual({ clientIds: ["a", "b", "c"], after: "cursor 1" });
  source.tell(change(device("b", 3, "OFFLINE")));
  source.tell(change(device("b", 2)));
  expect(state().rows[1]?.state).toBe("ONLINE");
  await vi.advanceTimersByTimeAsync(300);
  expect(state().rows[1]).toMatchObject({ state: "OFFLINE", version: 3, isChanged: true });
  expect(ids()).toEqual(["a", "b", "c"]);
});

test("while held, no row moves; let go, the newest page is taken", async () => {
  const { source, list, ids, state } = await shown();
  list.hold(true);
  source.rows = [device("0"), ...source.rows];
  list.touch();
  await vi.advanceTimersByTimeAsync(soon);
  expect(ids()).toEqual(["a", "b", "c"]);
  expect(state().isOutdated).toBe(true);
  list.hold(false);
  await vi.advanceTimersByTimeAsync(soon);
  expect(ids()).toEqual(["0", "a", "b", "c"]);
  expect(state().isOutdated).toBe(false);
  expect(source.followed?.clientIds).toEqual(["0", "a", "b", "c"]);
});

test("many hints make few readings", async () => {
  const { source, list } = await shown();
  for (let hint = 0; hint < 100; hint += 1) {
    list.touch();
    await vi.advanceTimersByTimeAsync(30);
  }
  expect(source.reads).toBeLessThanOrEqual(4);
});

test("after missed events the page is read again", async () => {
  const { source, state } = await shown();
  source.rows = source.rows.map((row) => ({ ...row, version: 7 }));
  source.tell(change(device("a", 2), 12));
  await vi.advanceTimersByTimeAsync(soon);
  expect(source.reads).toBe(2);
  expect(state().rows.map((row) => row.version)).toEqual([7, 7, 7]);
});

test("a restarted server is found again, and the rows stay meanwhile", async () => {
  const { source, ids, state } = await shown();
  source.isDown = true;
  source.breakOff();
  await vi.advanceTimersByTimeAsync(3000);
  expect(state().condition.kind).toBe("waiting");
  expect(ids()).toEqual(["a", "b", "c"]);
  source.isDown = false;
  await vi.advanceTimersByTimeAsync(soon);
  expect(state().condition.kind).toBe("live");
});

test("a device that left is marked, and goes with the next page", async () => {
  const { source, list, ids, state } = await shown();
  source.tell({ kind: "LEFT", clientId: "b", version: 2, missed: 0, connection: null });
  await vi.advanceTimersByTimeAsync(300);
  expect(state().rows[1]?.isGone).toBe(true);
  source.rows = source.rows.filter((row) => row.clientId !== "b");
  list.touch();
  await vi.advanceTimersByTimeAsync(soon);
  expect(ids()).toEqual(["a", "c"]);
});
