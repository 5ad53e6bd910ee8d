/** Counts over the devices that the filter selects, pushed by the server, and how many were online lately. */
import { Upkeep } from "../../live/upkeep";
import { ask, follow } from "../../session/api";
import { type Store, store } from "../../store";
import { Counts, type ConnectionFilter, RecentlyChanged } from "../documents/device";

export interface FleetCounts {
  total: number;
  online: number;
  offline: number;
}

export interface CountsState {
  counts?: FleetCounts;
  /** Devices online, one sample every 5 s, oldest first. */
  samples: readonly number[];
  /** Devices whose state changed within 5 minutes. */
  recent?: number;
}

export const SAMPLE_EVERY_MS = 5000;
export const SAMPLES = 60;
const RECENT_MS = 5 * 60_000;
/** Counting may take a tenth of the API's time, not more. */
const COUNTING_SHARE = 10;

const none: CountsState = { samples: [] };

export class CountsFeed {
  readonly state: Store<CountsState> = store(none);
  private filter: ConnectionFilter = {};
  private sampler: ReturnType<typeof setInterval> | undefined;
  private mayCountAt = 0;
  private readonly upkeep = new Upkeep(
    (failed) => Promise.resolve(this.start(failed)),
    () => undefined,
  );

  /** Counts what another filter selects. */
  show(filter: ConnectionFilter): void {
    this.filter = filter;
    this.mayCountAt = 0;
    this.state.set(none);
    this.upkeep.begin();
  }

  end(): void {
    this.upkeep.end();
  }

  private start(failed: (error?: Error) => void): () => void {
    const stop = follow(
      Counts,
      { filter: this.filter },
      {
        next: ({ connectionStatsChanged: counts }) => this.take(counts),
        ended: failed,
      },
    );
    this.sampler = setInterval(() => this.sample(), SAMPLE_EVERY_MS);
    return () => {
      clearInterval(this.sampler);
      stop();
    };
  }

  private take(counts: FleetCounts): void {
    const isFirst = this.state.get().counts === undefined;
    this.patch({ counts });
    if (isFirst) this.sample();
  }

  private sample(): void {
    const { counts, samples } = this.state.get();
    if (counts) this.patch({ samples: [...samples, counts.online].slice(-SAMPLES) });
    void this.countRecent();
  }

  private async countRecent(): Promise<void> {
    const { filter } = this;
    const started = Date.now();
    if (started < this.mayCountAt) return;
    this.mayCountAt = Infinity;
    const from = new Date(Date.now() - RECENT_MS).toISOString();
    const answer = await ask(RecentlyChanged, { filter: { ...filter, stateChangedAt: { from } } }).catch(
      () => undefined,
    );
    this.mayCountAt = Date.now() + (Date.now() - started) * COUNTING_SHARE;
    if (answer && filter === this.filter) this.patch({ recent: answer.connectionStats.total });
  }

  private patch(part: Partial<CountsState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }
}
