/** A device's state with what made it so. */
import type { DeviceRow } from "../documents/device";

import { StateIcon } from "./StateIcon";

type Reason = DeviceRow["stateReason"];

export const reasons: Record<Reason, string> = {
  REPORTED: "reported",
  LINK_LOST: "link lost",
  COMMAND: "told to leave",
  SEEN: "heard from",
  TIMED_OUT: "no answer",
};

export function StateText({ state, reason }: { state: DeviceRow["state"]; reason: Reason }) {
  return (
    <span className="cc-state">
      <StateIcon state={state} /> {state === "ONLINE" ? "Online" : "Offline"}
      <span className="cc-reason"> · {reasons[reason]}</span>
    </span>
  );
}
