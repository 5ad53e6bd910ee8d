/** A device's past as stretches of time online and offline, for the picture of its history. */
import type { StateChange } from "../documents/device";
import type { State } from "../view/view";

export interface Segment {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** `undefined`: not known, before the first change kept. */
  state: State | undefined;
}

/** Stretches that fill a span, oldest first. `changes` are newest first, as the API gives them. */
export function segmentsOf(changes: readonly StateChange[], from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  let end = to;
  for (const change of changes) {
    const start = Math.max(Date.parse(change.occurredAt), from);
    if (start < end) segments.unshift({ from: start, to: end, state: change.state });
    end = Math.min(end, start);
  }
  const before = changes.at(-1)?.previousState ?? undefined;
  if (from < end) segments.unshift({ from, to: end, state: before });
  return merged(segments);
}

/** Share of the known time that was online, 0–1; `undefined` when nothing is known. */
export function onlineShare(segments: readonly Segment[]): number | undefined {
  const known = lengthOf(segments.filter(({ state }) => state !== undefined));
  return known === 0 ? undefined : lengthOf(segments.filter(({ state }) => state === "ONLINE")) / known;
}

function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Neighbours in the same state become one. */
function merged(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (last && last.state === segment.state) last.to = segment.to;
    else result.push({ ...segment });
  }
  return result;
}
