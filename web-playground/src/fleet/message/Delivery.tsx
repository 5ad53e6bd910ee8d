/** How far a message got, step by step, with the times between. */
import { ProgressStep, type ProgressStepProps, ProgressStepper } from "@patternfly/react-core";

import type { MessageCard } from "../documents/message";
import { exact, spanText } from "../time";

import { type MessageState, isBad, isFinal, stateMeanings, stateTexts } from "./words";

export function Delivery({ message }: { message: MessageCard }) {
  const { messageId, transitions, state } = message;
  return (
    <ProgressStepper isCenterAligned aria-label={`Delivery of message ${messageId}`} className="cc-delivery">
      {transitions.map((step, index) => (
        <Step
          key={`${index} ${step.state}`}
          id={`${messageId} ${index}`}
          title={stateTexts[step.state]}
          variant={variantOf(step.state)}
          isCurrent={index === transitions.length - 1}
          description={after(transitions[index - 1]?.occurredAt, step.occurredAt)}
          hint={`${step.detail ?? stateMeanings[step.state]}, ${exact(step.occurredAt)}`}
        />
      ))}
      {!isFinal(state) && (
        <Step id={`${messageId} next`} title={next(message)} variant="pending" description="waiting" hint="" />
      )}
    </ProgressStepper>
  );
}

interface StepProps {
  id: string;
  title: string;
  variant: NonNullable<ProgressStepProps["variant"]>;
  isCurrent?: boolean;
  description: string;
  hint: string;
}

function Step({ id, title, variant, isCurrent = false, description, hint }: StepProps) {
  return (
    <ProgressStep
      id={id}
      titleId={`${id} title`}
      variant={variant}
      isCurrent={isCurrent}
      description={description}
      aria-label={`${title}, ${description}`}
      title={hint}
    >
      {title}
    </ProgressStep>
  );
}

function variantOf(state: MessageState): StepProps["variant"] {
  if (state === "UNCONFIRMED") return "warning";
  return isBad(state) ? "danger" : "success";
}

function after(former: string | undefined, at: string): string {
  return former ? `after ${spanText(Date.parse(at) - Date.parse(former))}` : new Date(at).toLocaleTimeString("en-GB");
}

/** What would come next. Reconnect and disconnect get no answer: the device's own state tells. */
function next({ state, command }: MessageCard): string {
  if (state === "QUEUED") return "Published";
  return command === "RECONNECT" || command === "DISCONNECT" ? "Seen in the device's state" : "Responded";
}
