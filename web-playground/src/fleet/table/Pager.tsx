/** Pages by cursor: there is a next and a previous one, and no number of pages. */
import { Button, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { AngleLeftIcon } from "@patternfly/react-icons/dist/esm/icons/angle-left-icon";
import { AngleRightIcon } from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";

import { useStore } from "../../store";
import type { CountsFeed } from "../counts/fleet-counts";
import type { DeviceList } from "../list/device-list";
import { go, narrow, view } from "../view/address";
import { pageSizes } from "../view/view";

export function Pager({ list, counts }: { list: DeviceList; counts: CountsFeed }) {
  const { rows, pageInfo } = useStore(list.state);
  const { size, state, after, before } = useStore(view);
  const total = useStore(counts.state).counts?.[
    state === undefined ? "total" : state === "ONLINE" ? "online" : "offline"
  ];
  const next = () => go({ after: pageInfo.endCursor ?? undefined, before: undefined });
  const previous = () => go({ before: pageInfo.startCursor ?? undefined, after: undefined });
  return (
    <nav className="cc-pager" aria-label="Pages of devices">
      <span>
        {rows.length} shown{total !== undefined && ` of ${total.toLocaleString("en")}`}
      </span>
      <label>
        Per page{" "}
        <FormSelect value={size} aria-label="Devices per page" onChange={(_, value) => narrow({ size: Number(value) })}>
          {pageSizes.map((choice) => (
            <FormSelectOption key={choice} value={choice} label={String(choice)} />
          ))}
        </FormSelect>
      </label>
      <Button variant="link" isDisabled={!after && !before} onClick={() => narrow({})}>
        First
      </Button>
      <Button
        variant="plain"
        icon={<AngleLeftIcon />}
        aria-label="Previous page"
        isDisabled={!pageInfo.hasPreviousPage}
        onClick={previous}
      />
      <Button
        variant="plain"
        icon={<AngleRightIcon />}
        aria-label="Next page"
        isDisabled={!pageInfo.hasNextPage}
        onClick={next}
      />
    </nav>
  );
}
