/** Who the server says that we are. */
import { dataOf, Refusal, textOf } from "../api/answer";
import { headersOf } from "../api/credentials";
import { post } from "../api/request";
import { type Store, store } from "../store";

import { credentials } from "./session";

export interface Viewer {
  name: string;
  authMethod: string;
  orgId: string | null;
  accountNumber: string | null;
  permissions: string[];
}

export type ViewerState =
  | { kind: "unknown" }
  | { kind: "asking" }
  | { kind: "known"; viewer: Viewer }
  | { kind: "refused"; message: string }
  | { kind: "unreachable"; message: string };

const VIEWER = "query Viewer { viewer { name authMethod orgId accountNumber permissions } }";

export const viewer: Store<ViewerState> = store<ViewerState>({ kind: "unknown" });

/** Asks now and whenever the credentials change. */
export function followViewer(): void {
  void askViewer();
  credentials.watch(() => void askViewer());
}

/** Asks the server; an answer that comes after the credentials changed again is dropped. */
export async function askViewer(): Promise<void> {
  const asked = credentials.get();
  viewer.set(asked.kind === "none" ? { kind: "unknown" } : { kind: "asking" });
  if (asked.kind === "none") return;
  const state = await answer(headersOf(asked));
  if (credentials.get() === asked) viewer.set(state);
}

async function answer(headers: Record<string, string>): Promise<ViewerState> {
  try {
    const { viewer } = dataOf(await post<{ viewer: Viewer }>({ query: VIEWER }, headers));
    return { kind: "known", viewer };
  } catch (error) {
    return { kind: error instanceof Refusal ? "refused" : "unreachable", message: textOf(error) };
  }
}

export function mayDo(state: ViewerState, permission: string): boolean {
  return state.kind === "known" && state.viewer.permissions.includes(permission);
}
