/** One named value; nothing where there is none. */
import type { ReactNode } from "react";

import { DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from "@patternfly/react-core";

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "") return null;
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{name}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
