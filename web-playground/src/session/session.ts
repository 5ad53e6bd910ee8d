/**
 * Who calls. Credentials live in this variable and nowhere else: not in storage, not in an address, not in a cookie.
 * A page that is loaded again asks the other open pages of the same origin, and else the person.
 */
import { type Credentials, type Headers, headersOf, noCredentials } from "../api/credentials";
import { type Store, store } from "../store";

import { tokenOfStartLink } from "./start-link";

const CHANNEL = "cloud-connector-credentials";

type Note = { ask: true } | { give: Credentials };

export const credentials: Store<Credentials> = store(noCredentials);

export function callerHeaders(): Headers {
  return headersOf(credentials.get());
}

/** Takes the credentials of the start link, or those another open page has. Call once, before the first request. */
export function startSession(): void {
  const token = tokenOfStartLink();
  if (token) credentials.set({ kind: "token", token });
  const channel = new BroadcastChannel(CHANNEL);
  const tell = (note: Note) => channel.postMessage(note);
  let isAsking = !token;
  // Whoever chose, or chose to be nobody, is asked no more.
  credentials.watch(() => (isAsking = false));
  channel.onmessage = ({ data }: MessageEvent<Note>) => {
    const own = credentials.get();
    if ("ask" in data && own.kind !== "none") tell({ give: own });
    if ("give" in data && isAsking) credentials.set(data.give);
  };
  if (isAsking) tell({ ask: true });
}
