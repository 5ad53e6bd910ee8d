/** The time, for texts such as "2 minutes ago"; moves on every few seconds. */
import { type Store, store } from "../store";

const TICK_MS = 5000;

export const now: Store<number> = store(Date.now());

setInterval(() => now.set(Date.now()), TICK_MS);
