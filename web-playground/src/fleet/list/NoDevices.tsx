/** Instead of a table without rows: why there are none, and what to do. */
import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { KeyIcon } from "@patternfly/react-icons/dist/esm/icons/key-icon";
import { SearchIcon } from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { ServerIcon } from "@patternfly/react-icons/dist/esm/icons/server-icon";

import { everything } from "../filters/Chips";
import { narrow } from "../view/address";
import { type View, isFiltered } from "../view/view";

export function NoDevices({ view }: { view: View }) {
  if (!isFiltered(view)) {
    return (
      <EmptyState titleText="No devices yet" headingLevel="h2" icon={ServerIcon}>
        <EmptyStateBody>
          Devices appear here by themselves. To see one at once, run the command that the server printed when it
          started: <code>cloud-connector device</code>
        </EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <EmptyState titleText="No device matches" headingLevel="h2" icon={SearchIcon}>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={() => narrow(everything)}>
            Clear filters
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}

export function NoCredentials() {
  return (
    <EmptyState titleText="Who are you?" headingLevel="h2" icon={KeyIcon}>
      <EmptyStateBody>
        The server shows devices to callers it knows. Open the link it printed when it started, or set credentials
        above.
      </EmptyStateBody>
    </EmptyState>
  );
}
