/** GraphiQL's tabs, as it last told. */
import type { TabsState } from "@graphiql/react";

let known: TabsState = { tabs: [], activeTabIndex: 0 };

export function noteTabs(state: TabsState): void {
  known = state;
}

export function activeTab(): string | undefined {
  return known.tabs[known.activeTabIndex]?.id;
}

/** Whether a tab is there, but another one is looked at. */
export function isInBackground(tab: string | undefined): boolean {
  return tab !== activeTab() && known.tabs.some(({ id }) => id === tab);
}
