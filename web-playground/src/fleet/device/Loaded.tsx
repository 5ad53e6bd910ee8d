/** What was read, or why there is nothing yet. */
import type { ReactNode } from "react";

import { Alert, Skeleton } from "@patternfly/react-core";

import type { ResourceState } from "../../live/resource";

interface LoadedProps<Data> {
  resource: ResourceState<Data>;
  children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ resource: { data, condition }, children }: LoadedProps<Data>) {
  const problem = condition.kind === "refused" || condition.kind === "waiting" ? condition.error.message : undefined;
  return (
    <>
      {problem && (
        <Alert variant={condition.kind === "refused" ? "danger" : "warning"} isInline isPlain title={problem} />
      )}
      {data === undefined ? !problem && <Skeleton height="8rem" screenreaderText="Loading" /> : children(data)}
    </>
  );
}
