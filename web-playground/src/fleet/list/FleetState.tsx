/** In the masthead: whether what is shown is live. */
import { Label } from "@patternfly/react-core";
import { SyncAltIcon } from "@patternfly/react-icons/dist/esm/icons/sync-alt-icon";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";

import type { Condition } from "../../live/upkeep";

export function FleetState({ condition }: { condition: Condition }) {
  switch (condition.kind) {
    case "live":
      return (
        <Label color="green" icon={<CheckCircleIcon />}>
          Live
        </Label>
      );
    case "connecting":
      return <Label icon={<SyncAltIcon />}>Reading</Label>;
    case "waiting":
      return (
        <Label color="orange" icon={<SyncAltIcon />}>
          Reconnecting
        </Label>
      );
    case "refused":
      return (
        <Label color="red" icon={<ExclamationTriangleIcon />}>
          Refused
        </Label>
      );
  }
}
