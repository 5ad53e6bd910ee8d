/** A message just sent, as it moves. */
import { useResource } from "../../live/resource";
import { oneMessage } from "../device/sources";
import type { MessageCard } from "../documents/message";

import { Answer } from "./Answer";
import { Delivery } from "./Delivery";
import { isFinal, stateMeanings } from "./words";

export function LiveDelivery({ sent }: { sent: MessageCard }) {
  const { data } = useResource(sent.messageId, () => oneMessage(sent.messageId));
  const message = data ?? sent;
  return (
    <section className="cc-live-delivery" aria-label="Delivery">
      <Delivery message={message} />
      <p role="status">
        {stateMeanings[message.state]}
        {message.failure && `: ${message.failure.message}`}
        {!isFinal(message.state) && message.answerOverdue && " (overdue)"}
      </p>
      <Answer message={message} />
    </section>
  );
}
