/** What of the fleet is shown: the part of the page that is in its address, to be linked, bookmarked and gone back to. */
import type { ConnectionFilter, DevicePageVariables } from "../documents/device";

export const states = ["ONLINE", "OFFLINE"] as const;
export type State = (typeof states)[number];

export const sortFields = ["CLIENT_ID", "FQDN", "LAST_SEEN_AT", "STATE_CHANGED_AT"] as const;
export type SortField = (typeof sortFields)[number];
export interface Sort {
  field: SortField;
  direction: "ASC" | "DESC";
}

export const columns = ["fqdn", "state", "lastSeen", "changed", "version", "dispatchers", "tags", "org"] as const;
export type Column = (typeof columns)[number];
export const firstColumns: readonly Column[] = ["fqdn", "state", "lastSeen", "version", "dispatchers", "tags"];

export const panes = ["overview", "send", "messages", "history", "facts"] as const;
export type Pane = (typeof panes)[number];

/** The largest stays below the API's cost limit with all that a row shows. */
export const pageSizes = [25, 50, 80] as const;

export interface View {
  search: string;
  state: State | undefined;
  /** Labels as `key` or `key=value`. */
  tags: readonly string[];
  dispatchers: readonly string[];
  versions: readonly string[];
  sort: Sort;
  size: number;
  /** Where the page sits: after or before a cursor; the first page without. */
  after: string | undefined;
  before: string | undefined;
  columns: readonly Column[];
  /** The device whose details are open. */
  device: string | undefined;
  pane: Pane;
}

export const firstView: View = {
  search: "",
  state: undefined,
  tags: [],
  dispatchers: [],
  versions: [],
  sort: { field: "CLIENT_ID", direction: "ASC" },
  size: 50,
  after: undefined,
  before: undefined,
  columns: firstColumns,
  device: undefined,
  pane: "overview",
};

/** The API's filter, without the state: what the counts are over. */
export function filterOf({ search, tags, dispatchers, versions }: View): ConnectionFilter {
  return {
    ...(search.trim().length >= 2 && { search: search.trim() }),
    ...(tags.length > 0 && { tags: tags.map(tagOf) }),
    ...(dispatchers.length > 0 && { dispatchers: [...dispatchers] }),
    ...(versions.length > 0 && { clientVersion: { in: [...versions] } }),
  };
}

/** The variables of the page of devices. */
export function pageOf(view: View): DevicePageVariables {
  const { sort, size, after, before, state } = view;
  const place = before ? { last: size, before } : { first: size, ...(after && { after }) };
  return { filter: { ...filterOf(view), ...(state && { state: [state] }) }, orderBy: sort, ...place };
}

/** Whether anything narrows the list. */
export function isFiltered(view: View): boolean {
  return view.state !== undefined || Object.keys(filterOf(view)).length > 0;
}

function tagOf(text: string): { key: string; value?: string } {
  const at = text.indexOf("=");
  return at < 0 ? { key: text } : { key: text.slice(0, at), value: text.slice(at + 1) };
}
