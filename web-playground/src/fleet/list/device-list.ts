/**
 * One page of devices, kept up to date. Changes of shown devices are collected and applied in place a few times a second,
 * so that no row ever moves by itself. That devices come, go or change places shows when the page is read again, which
 * waits while somebody points at the table or works in it.
 */
import type { Stop } from "../../api/subscription";
import { Upkeep } from "../../live/upkeep";
import { type Store, store } from "../../store";
import type { DeviceChange, DevicePageVariables } from "../documents/device";

import type { Page, Source } from "./source";
import { type ListState, emptyList, freshRows, isSameOrder, withChanges } from "./state";

const APPLY_EVERY_MS = 250;
/** Shortest time between two readings of the page; a slow API is asked less often. */
const READ_EVERY_MS = 1500;
const READING_SHARE = 5;

export class DeviceList {
  readonly state: Store<ListState> = store(emptyList);
  private query: DevicePageVariables = {};
  private readonly upkeep: Upkeep;
  private readonly changes = new Map<string, DeviceChange>();
  private following: { clientIds: readonly string[]; stop: Stop } | undefined;
  private applyTimer: ReturnType<typeof setTimeout> | undefined;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  private mayReadAt = 0;
  private isHeld = false;
  private failed: (error?: Error) => void = () => undefined;

  constructor(private readonly source: Source) {
    this.upkeep = new Upkeep(
      (failed) => this.start(failed),
      (condition) => this.patch({ condition }),
    );
  }

  /** Shows another page, or the same anew; the former one stays until it is read. */
  show(query: DevicePageVariables): void {
    this.query = query;
    this.upkeep.begin();
  }

  end(): void {
    this.upkeep.end();
  }

  /** Shows nothing of what a former caller saw. */
  forget(): void {
    this.state.set(emptyList);
  }

  /** While held, no reading moves rows. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (!isHeld && this.state.get().isOutdated) this.touch();
  }

  /** Something changed somewhere: the page may be outdated. */
  touch(): void {
    const { condition, isOutdated } = this.state.get();
    if (this.readTimer !== undefined || condition.kind !== "live" || (this.isHeld && isOutdated)) return;
    this.readTimer = setTimeout(() => void this.readAgain(), Math.max(0, this.mayReadAt - Date.now()));
  }

  /** Takes the newest page now, whatever moves. */
  refresh(): void {
    this.isHeld = false;
    this.upkeep.begin();
  }

  private async start(failed: (error?: Error) => void): Promise<Stop> {
    this.failed = failed;
    const query = this.query;
    const page = await this.read(query);
    if (query === this.query) this.take(page, query);
    return () => this.stop();
  }

  private stop(): void {
    clearTimeout(this.readTimer);
    clearTimeout(this.applyTimer);
    this.readTimer = this.applyTimer = undefined;
    this.following?.stop();
    this.following = undefined;
    this.changes.clear();
  }

  private async read(query: DevicePageVariables): Promise<Page> {
    const started = Date.now();
    const page = await this.source.page(query);
    const took = Date.now() - started;
    this.mayReadAt = Date.now() + Math.max(READ_EVERY_MS, took * READING_SHARE);
    return page;
  }

  private async readAgain(): Promise<void> {
    const { query, failed } = this;
    try {
      const page = await this.read(query);
      if (query !== this.query || failed !== this.failed) return;
      this.readTimer = undefined;
      const moves = !isSameOrder(page.rows, this.state.get().rows);
      if (this.isHeld && moves) this.patch({ isOutdated: true });
      else this.take(page, query);
    } catch (error) {
      failed(error as Error);
    }
  }

  private take({ rows, pageInfo, cursor }: Page, page: DevicePageVariables): void {
    this.patch({ page, rows: freshRows(rows, this.state.get().rows), pageInfo, isOutdated: false });
    this.followShown(cursor);
  }

  private followShown(cursor: string): void {
    const clientIds = this.state.get().rows.map((row) => row.clientId);
    if (this.following?.clientIds.join("\n") === clientIds.join("\n")) return;
    this.following?.stop();
    const failed = this.failed;
    const stop = this.source.changes(clientIds, cursor, { next: (change) => this.collect(change), ended: failed });
    this.following = { clientIds, stop };
  }

  private collect(change: DeviceChange): void {
    if (change.missed > 0) {
      this.upkeep.begin();
      return;
    }
    const former = this.changes.get(change.clientId);
    if (!former || former.version < change.version) this.changes.set(change.clientId, change);
    this.applyTimer ??= setTimeout(() => this.apply(), APPLY_EVERY_MS);
  }

  private apply(): void {
    this.applyTimer = undefined;
    this.patch({ rows: withChanges(this.state.get().rows, this.changes) });
    this.changes.clear();
  }

  private patch(part: Partial<ListState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }
}
