/** Online and offline differ in shape, not in colour alone. */
import { ConnectedIcon } from "@patternfly/react-icons/dist/esm/icons/connected-icon";
import { DisconnectedIcon } from "@patternfly/react-icons/dist/esm/icons/disconnected-icon";

import type { State } from "../view/view";

export function StateIcon({ state }: { state: State }) {
  return state === "ONLINE" ? (
    <ConnectedIcon className="cc-online" aria-hidden />
  ) : (
    <DisconnectedIcon className="cc-offline" aria-hidden />
  );
}
