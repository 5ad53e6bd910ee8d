/** Keeps list and counts on what the view and the credentials say. */
import { useEffect } from "react";

import { credentials } from "../session/session";
import { useStore } from "../store";

import type { CountsFeed } from "./counts/fleet-counts";
import type { DeviceList } from "./list/device-list";
import { view } from "./view/address";
import { type SortField, filterOf, pageOf } from "./view/view";

/** Counts tell when devices come and go, not when they change places: then the page is read again every so often. */
const REREAD_EVERY_MS = 30_000;
const REREAD_LIVE_ORDER_EVERY_MS = 5000;
const liveOrders: readonly SortField[] = ["LAST_SEEN_AT", "STATE_CHANGED_AT"];

export function useFeeds(list: DeviceList, counts: CountsFeed): void {
  const caller = useStore(credentials);
  const current = useStore(view);
  const page = JSON.stringify(pageOf(current));
  const filter = JSON.stringify(filterOf(current));
  const every = liveOrders.includes(current.sort.field) ? REREAD_LIVE_ORDER_EVERY_MS : REREAD_EVERY_MS;

  useEffect(() => () => list.forget(), [list, caller]);

  useEffect(() => {
    if (caller.kind === "none") return;
    list.show(pageOf(view.get()));
    return () => list.end();
  }, [list, caller, page]);

  useEffect(() => {
    if (caller.kind === "none") return;
    counts.show(filterOf(view.get()));
    return () => counts.end();
  }, [counts, caller, filter]);

  useEffect(() => counts.state.watch(() => list.touch()), [list, counts]);

  useEffect(() => {
    const timer = setInterval(() => list.touch(), every);
    return () => clearInterval(timer);
  }, [list, every]);
}
