/** The newest messages to and from a device, each with how far it got. */
import { useState } from "react";

import { Button } from "@patternfly/react-core";
import { ArrowLeftIcon } from "@patternfly/react-icons/dist/esm/icons/arrow-left-icon";
import { ArrowRightIcon } from "@patternfly/react-icons/dist/esm/icons/arrow-right-icon";

import { useResource } from "../../live/resource";
import { Ago } from "../Ago";
import type { MessageCard } from "../documents/message";
import { Answer } from "../message/Answer";
import { Delivery } from "../message/Delivery";
import { MessageStateLabel } from "../message/MessageStateLabel";
import { subjectOf } from "../message/words";

import { Loaded } from "./Loaded";
import { messagesOf } from "./sources";

const STEP = 20;
/** With more the query would cost more than the API takes. */
const MOST = 60;

export function Messages({ clientId }: { clientId: string }) {
  const [first, setFirst] = useState(STEP);
  const resource = useResource(`${clientId} ${first}`, () => messagesOf(clientId, first));
  return (
    <Loaded resource={resource}>
      {(messages) => (
        <>
          {messages.length === 0 && <p>No messages yet.</p>}
          <ol className="cc-messages" aria-label="Messages, newest first">
            {messages.map((message) => (
              <Message key={message.messageId} message={message} />
            ))}
          </ol>
          {messages.length === first && first < MOST && (
            <Button variant="link" onClick={() => setFirst(first + STEP)}>
              Show older ones
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

function Message({ message }: { message: MessageCard }) {
  const isOurs = message.direction === "TO_DEVICE";
  return (
    <li>
      <details>
        <summary>
          {isOurs ? <ArrowRightIcon aria-label="to the device" /> : <ArrowLeftIcon aria-label="from the device" />}
          <span className="cc-subject">{subjectOf(message)}</span>
          {isOurs && <MessageStateLabel state={message.state} />}
          <span className="cc-subtle">
            <Ago at={message.createdAt} />
          </span>
        </summary>
        {isOurs && <Delivery message={message} />}
        <p className="cc-subtle">
          {message.messageId}
          {message.sentBy && ` · sent by ${message.sentBy}`} · {message.sizeBytes} bytes
          {message.redelivered && " · sent a second time after a crash"}
          {message.failure && ` · ${message.failure.message}`}
        </p>
        {message.content !== null && (
          <pre tabIndex={0} aria-label="Content">
            {JSON.stringify(message.content, null, 2)}
          </pre>
        )}
        <Answer message={message} />
      </details>
    </li>
  );
}
