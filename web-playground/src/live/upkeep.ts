/** Keeps something alive that a lost connection, a restarted server or changed credentials end. */
import { Refusal } from "../api/answer";
import type { Stop } from "../api/subscription";

export type Condition =
  | { kind: "connecting" }
  | { kind: "live" }
  /** It failed and is tried again by itself. */
  | { kind: "waiting"; error: Error }
  /** The server refuses: trying again would change nothing. */
  | { kind: "refused"; error: Error };

export const connecting: Condition = { kind: "connecting" };

/** Starts it; rejects when that fails. Tells later failures to `failed`, after which its stop is called. */
export type Start = (failed: (error?: Error) => void) => Promise<Stop>;

const FIRST_WAIT_MS = 400;
const LAST_WAIT_MS = 5000;

export class Upkeep {
  private run = 0;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopRun: Stop = () => undefined;

  constructor(
    private readonly start: Start,
    private readonly tell: (condition: Condition) => void,
  ) {}

  /** Starts, or starts anew. */
  begin(): void {
    this.end();
    const { run } = this;
    const failed = (error?: Error) => {
      if (run === this.run) this.failed(error ?? new Error("the server ended it"));
    };
    this.tell(connecting);
    this.start(failed).then(
      (stop) => {
        if (run !== this.run) return stop();
        this.stopRun = stop;
        this.wait = FIRST_WAIT_MS;
        this.tell({ kind: "live" });
      },
      (error: unknown) => failed(error as Error),
    );
  }

  /** Ends it for good, or until it is begun again. */
  end(): void {
    this.run += 1;
    clearTimeout(this.timer);
    this.stopRun();
    this.stopRun = () => undefined;
  }

  private failed(error: Error): void {
    this.end();
    if (error instanceof Refusal && error.isFinal) {
      this.tell({ kind: "refused", error });
      return;
    }
    this.tell({ kind: "waiting", error });
    const least = error instanceof Refusal ? error.retryAfterMs : 0;
    // Not all pages at once after a restart.
    this.timer = setTimeout(() => this.begin(), Math.max(least, this.wait * (0.5 + Math.random())));
    this.wait = Math.min(this.wait * 2, LAST_WAIT_MS);
  }
}
