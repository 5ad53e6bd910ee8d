/** A message's state: icon, colour and word. */
import { Label } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { PaperPlaneIcon } from "@patternfly/react-icons/dist/esm/icons/paper-plane-icon";

import { type MessageState, isBad, stateTexts } from "./words";

export function MessageStateLabel({ state }: { state: MessageState }) {
  const look = lookOf(state);
  return (
    <Label isCompact {...look}>
      {stateTexts[state]}
    </Label>
  );
}

function lookOf(state: MessageState) {
  if (state === "RESPONDED") return { color: "green", icon: <CheckCircleIcon /> } as const;
  if (state === "UNCONFIRMED") return { color: "orange", icon: <ExclamationTriangleIcon /> } as const;
  if (isBad(state)) return { color: "red", icon: <ExclamationCircleIcon /> } as const;
  return { color: "blue", icon: <PaperPlaneIcon /> } as const;
}
