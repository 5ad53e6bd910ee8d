/** What messages and their states are called on screen. */
import type { MessageCard } from "../documents/message";

export type MessageState = MessageCard["state"];

export const stateTexts: Record<MessageState, string> = {
  QUEUED: "Queued",
  PUBLISHED: "Published",
  UNCONFIRMED: "Unconfirmed",
  RESPONDED: "Responded",
  REJECTED: "Rejected",
  EXPIRED: "Expired",
  CANCELLED: "Cancelled",
  FAILED: "Failed",
};

/** What a state means, in a sentence. */
export const stateMeanings: Record<MessageState, string> = {
  QUEUED: "Accepted by the server",
  PUBLISHED: "The broker has it; no answer yet",
  UNCONFIRMED: "Handed to the broker, not confirmed in time: it may or may not arrive",
  RESPONDED: "The device answered",
  REJECTED: "The device rejected it",
  EXPIRED: "Its time ran out before it was published",
  CANCELLED: "Cancelled before it was published",
  FAILED: "Not delivered",
};

export function isFinal(state: MessageState): boolean {
  return !["QUEUED", "PUBLISHED", "UNCONFIRMED"].includes(state);
}

export function isBad(state: MessageState): boolean {
  return ["UNCONFIRMED", "REJECTED", "EXPIRED", "CANCELLED", "FAILED"].includes(state);
}

/** What a message is about: its worker, or the command or event it is. */
export function subjectOf({ kind, directive, command }: MessageCard): string {
  if (kind === "COMMAND") return command?.toLowerCase() ?? "command";
  if (kind === "EVENT") return "event";
  return directive || "answer";
}
