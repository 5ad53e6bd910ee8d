/** What can be filtered by: the dispatchers and versions devices report, with how many do. Asked when a menu opens. */
import { ask } from "../../session/api";
import { credentials } from "../../session/session";
import { type Store, store } from "../../store";
import { FilterChoices } from "../documents/device";

import type { Choice } from "./CheckMenu";

export const dispatcherChoices: Store<readonly Choice[]> = store<readonly Choice[]>([]);
export const versionChoices: Store<readonly Choice[]> = store<readonly Choice[]>([]);

credentials.watch(() => {
  dispatcherChoices.set([]);
  versionChoices.set([]);
});

export async function askChoices(): Promise<void> {
  // A menu without choices says so; whatever is wrong with the API is told by the list.
  const answer = await ask(FilterChoices, {}).catch(() => undefined);
  if (!answer) return;
  dispatcherChoices.set(choicesOf(answer.connectionStats.byDispatcher));
  versionChoices.set(choicesOf(answer.connectionStats.byClientVersion));
}

function choicesOf(groups: readonly { key: string | null; total: number }[]): Choice[] {
  return groups.flatMap(({ key, total }) =>
    key === null ? [] : [{ value: key, text: key, hint: total === 1 ? "1 device" : `${total} devices` }],
  );
}
