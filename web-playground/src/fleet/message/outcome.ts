/** What came of something that was asked to be done. */
import { textOf } from "../../api/answer";
import type { UserErrors } from "../documents/action";
import type { MessageCard } from "../documents/message";

export type Outcome =
  | { kind: "sent"; message: MessageCard }
  /** A dry run found nothing wrong. */
  | { kind: "checked" }
  | { kind: "refused"; reasons: readonly string[] };

interface Payload {
  message: MessageCard | null;
  errors: readonly UserErrors[];
}

/** The outcome of a mutation; a fault of the system is a refusal, too. */
export async function outcomeOf(payload: Promise<Payload>): Promise<Outcome> {
  try {
    const { message, errors } = await payload;
    if (errors.length > 0) return { kind: "refused", reasons: errors.map(reasonOf) };
    return message ? { kind: "sent", message } : { kind: "checked" };
  } catch (error) {
    return { kind: "refused", reasons: [textOf(error)] };
  }
}

function reasonOf(error: UserErrors): string {
  if ("available" in error && error.available)
    return `${error.message} (it has: ${error.available.join(", ") || "none"})`;
  return error.message;
}
