/** The view is what the address says; changing it changes the address. */
import { type Store, store } from "../../store";

import { queryStringOf, viewOf } from "./query-string";
import { type View, firstView } from "./view";

export const view: Store<View> = store(viewOf(location.search));

window.addEventListener("popstate", () => view.set(viewOf(location.search)));

/** Changes a part of the view, as a step to go back from. */
export function go(part: Partial<View>): void {
  show({ ...view.get(), ...part }, "pushState");
}

/** Changes a part of the view within the present step. */
export function adjust(part: Partial<View>): void {
  show({ ...view.get(), ...part }, "replaceState");
}

/** Narrows or widens the list: it starts again at its first page. */
export function narrow(part: Partial<View>): void {
  go({ ...firstPage, ...part });
}

/** The same for what changes with every key pressed. */
export function search(text: string): void {
  adjust({ ...firstPage, search: text });
}

export function showDevice(device: string): void {
  go({ device, pane: firstView.pane });
}

export function hideDevice(): void {
  go({ device: undefined, pane: firstView.pane });
}

const firstPage = { after: undefined, before: undefined };

function show(next: View, how: "pushState" | "replaceState"): void {
  view.set(next);
  history[how](null, "", location.pathname + queryStringOf(next) + location.hash);
}
