/** What the details of a device are read from, and what tells that they changed. */
import { ask, follow } from "../../session/api";
import type { Source } from "../../live/resource";
import {
  ChangesCursor,
  DeviceChanges,
  DeviceDetails,
  type DeviceDetails as Details,
  DeviceHistory,
  type History,
} from "../documents/device";
import { DeviceMessages, MessageArrivals, type MessageCard, MessageMoves, OneMessage } from "../documents/message";

export async function changesCursor(): Promise<string> {
  return (await ask(ChangesCursor, {})).changesCursor;
}

/** The device; `null` when there is none in reach of the caller. */
export function detailsOf(clientId: string): Source<Details | null> {
  return {
    cursor: changesCursor,
    load: async () => (await ask(DeviceDetails, { clientId })).connection,
    watch: watchDevice(clientId),
  };
}

export function historyOf(clientId: string): Source<History | null> {
  return {
    cursor: changesCursor,
    load: async () => (await ask(DeviceHistory, { clientId })).connection,
    watch: watchDevice(clientId),
  };
}

/** The newest messages to and from the device, newest first. */
export function messagesOf(clientId: string, first: number): Source<readonly MessageCard[]> {
  return {
    cursor: changesCursor,
    load: async () => (await ask(DeviceMessages, { clientId, first })).connection?.messages.nodes ?? [],
    watch: (after, changed, failed) => {
      const variables = { filter: { clientIds: [clientId] }, after };
      const sink = { next: changed, ended: failed };
      const stops = [follow(MessageMoves, variables, sink), follow(MessageArrivals, variables, sink)];
      return () => stops.forEach((stop) => stop());
    },
  };
}

export function oneMessage(messageId: string): Source<MessageCard | null> {
  return {
    cursor: changesCursor,
    load: async () => (await ask(OneMessage, { messageId })).message,
    watch: (after, changed, failed) =>
      follow(MessageMoves, { filter: { messageIds: [messageId] }, after }, { next: changed, ended: failed }),
  };
}

function watchDevice(clientId: string): Source<unknown>["watch"] {
  return (after, changed, failed) =>
    follow(DeviceChanges, { filter: { clientIds: [clientId] }, after }, { next: changed, ended: failed });
}
