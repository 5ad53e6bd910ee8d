/** What a subscription tells, whatever it travels over. */
import type { Answer } from "./answer";

export interface Sink<Data> {
  /** A result. */
  next(answer: Answer<Data>): void;
  /** It is over and nothing more comes: completed by the server, or with the reason why not. Not called after a stop. */
  ended(error?: Error): void;
}

/** Ends a subscription from our side. */
export type Stop = () => void;
