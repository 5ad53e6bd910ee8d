/** What the table shows, and how changes reach it. */
import type { DeviceChange, DevicePageVariables, DeviceRow, PageInfo } from "../documents/device";
import { type Condition, connecting } from "../../live/upkeep";

export interface Row extends DeviceRow {
  /** Changed before one's eyes since the page was read. */
  isChanged: boolean;
  /** No longer to be seen: purged, or another organisation's. */
  isGone: boolean;
}

export interface ListState {
  condition: Condition;
  /** The page the rows are of; `undefined` while none was read. */
  page?: DevicePageVariables;
  rows: readonly Row[];
  pageInfo: PageInfo;
  /** A newer page is there, but taking it would move rows under somebody's pointer or focus. */
  isOutdated: boolean;
}

export const emptyList: ListState = {
  condition: connecting,
  rows: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  isOutdated: false,
};

/** Rows after changes: each stays where it is. What is older than a row shows is dropped. */
export function withChanges(rows: readonly Row[], changes: ReadonlyMap<string, DeviceChange>): readonly Row[] {
  return rows.map((row) => {
    const change = changes.get(row.clientId);
    if (!change || change.version <= row.version) return row;
    if (!change.connection) return { ...row, version: change.version, isGone: true };
    return { ...change.connection, isChanged: true, isGone: false };
  });
}

/** Rows of a page just read; those that differ from what was shown are marked. */
export function freshRows(page: readonly DeviceRow[], shown: readonly Row[]): readonly Row[] {
  const before = new Map(shown.map((row) => [row.clientId, row]));
  return page.map((row) => {
    const former = before.get(row.clientId);
    return { ...row, isChanged: former !== undefined && former.version < row.version, isGone: false };
  });
}

export function isSameOrder(one: readonly DeviceRow[], other: readonly DeviceRow[]): boolean {
  return one.length === other.length && one.every((row, index) => row.clientId === other[index]?.clientId);
}
