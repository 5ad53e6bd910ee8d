/** Something read from the API and read again whenever a subscription tells that it changed. */
import { useEffect, useMemo } from "react";

import type { Stop } from "../api/subscription";
import { credentials } from "../session/session";
import { type Store, store, useStore } from "../store";

import { type Condition, Upkeep, connecting } from "./upkeep";

export interface ResourceState<Data> {
  condition: Condition;
  /** What was read last; stays while it is read again. */
  data?: Data;
}

export interface Source<Data> {
  /** Where the event streams are now. */
  cursor: () => Promise<string>;
  load: () => Promise<Data>;
  /** Follows what tells of changes after a cursor. */
  watch: (after: string, changed: () => void, failed: (error?: Error) => void) => Stop;
}

const RELOAD_EVERY_MS = 400;

class Resource<Data> {
  readonly state: Store<ResourceState<Data>> = store<ResourceState<Data>>({ condition: connecting });
  readonly upkeep: Upkeep;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private mayLoadAt = 0;

  constructor(private readonly source: Source<Data>) {
    this.upkeep = new Upkeep(
      (failed) => this.start(failed),
      (condition) => this.state.set({ ...this.state.get(), condition }),
    );
  }

  private async start(failed: (error?: Error) => void): Promise<Stop> {
    const cursor = await this.source.cursor();
    await this.load();
    const stop = this.source.watch(cursor, () => this.reload(failed), failed);
    return () => {
      clearTimeout(this.timer);
      this.timer = undefined;
      stop();
    };
  }

  private reload(failed: (error?: Error) => void): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.load().catch(failed);
    }, this.mayLoadAt - Date.now());
  }

  private async load(): Promise<void> {
    this.mayLoadAt = Date.now() + RELOAD_EVERY_MS;
    const data = await this.source.load();
    this.state.set({ ...this.state.get(), data });
  }
}

/** Reads and follows while the component is there; anew when `key` or the caller changes. */
export function useResource<Data>(key: string, source: () => Source<Data>): ResourceState<Data> {
  const caller = useStore(credentials);
  const resource = useMemo(() => new Resource(source()), [key, caller]);
  useEffect(() => {
    resource.upkeep.begin();
    return () => resource.upkeep.end();
  }, [resource]);
  return useStore(resource.state);
}
