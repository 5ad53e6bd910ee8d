/** Where the list of devices gets its pages and changes from: the API, or a test. */
import type { Stop } from "../../api/subscription";
import { ask, follow } from "../../session/api";
import {
  ChangesCursor,
  DeviceChanges,
  type DeviceChange,
  DevicePage,
  type DevicePageVariables,
  type DeviceRow,
  type PageInfo,
} from "../documents/device";

export interface Page {
  rows: readonly DeviceRow[];
  pageInfo: PageInfo;
  /** Changes after this are not in the page. */
  cursor: string;
}

export interface Source {
  page(variables: DevicePageVariables): Promise<Page>;
  /** Follows the changes of these devices. */
  changes(clientIds: readonly string[], after: string, sink: ChangeSink): Stop;
}

export interface ChangeSink {
  next(change: DeviceChange): void;
  ended(error?: Error): void;
}

export const api: Source = {
  async page(variables) {
    // The cursor first: what happens while the page is read comes as a change, too, and nothing falls between.
    const { changesCursor } = await ask(ChangesCursor, {});
    const { connections } = await ask(DevicePage, variables);
    return { rows: connections.nodes, pageInfo: connections.pageInfo, cursor: changesCursor };
  },
  changes(clientIds, after, sink) {
    return follow(
      DeviceChanges,
      { filter: { clientIds: [...clientIds] }, after },
      {
        next: ({ connectionChanged }) => sink.next(connectionChanged),
        ended: sink.ended,
      },
    );
  },
};
