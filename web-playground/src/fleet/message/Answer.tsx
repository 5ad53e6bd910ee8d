/** What the device answered. */
import type { MessageCard } from "../documents/message";

export function Answer({ message }: { message: MessageCard }) {
  const answer = message.responses.nodes[0];
  if (!answer) return null;
  return (
    <>
      <h3>Answer</h3>
      <pre tabIndex={0} aria-label="Answer">
        {JSON.stringify(answer.content, null, 2)}
      </pre>
    </>
  );
}
