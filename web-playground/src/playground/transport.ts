/** What subscriptions of the playground travel over. */
import { type Store, store } from "../store";

export type Transport = "websocket" | "sse";

export const transport: Store<Transport> = store<Transport>("websocket");
