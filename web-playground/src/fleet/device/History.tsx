/** When the device came and went: a picture and the list of it. */
import { useState } from "react";

import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";

import { useResource } from "../../live/resource";
import { useStore } from "../../store";
import { now } from "../clock";
import type { StateChange } from "../documents/device";
import { StateText } from "../table/StateText";
import { exact, spanText } from "../time";

import { Loaded } from "./Loaded";
import { onlineShare, segmentsOf } from "./segments";
import { historyOf } from "./sources";
import { TimelinePicture } from "./TimelinePicture";

const HOUR = 3_600_000;
const spans = [
  { name: "1 h", length: HOUR },
  { name: "24 h", length: 24 * HOUR },
  { name: "7 d", length: 7 * 24 * HOUR },
  { name: "30 d", length: 30 * 24 * HOUR },
] as const;

export function History({ clientId }: { clientId: string }) {
  const resource = useResource(clientId, () => historyOf(clientId));
  return <Loaded resource={resource}>{(history) => <Changes changes={history?.stateHistory.nodes ?? []} />}</Loaded>;
}

function Changes({ changes }: { changes: readonly StateChange[] }) {
  const [span, setSpan] = useState<(typeof spans)[number]>(spans[0]);
  const current = useStore(now);
  const to = Math.max(current, Date.parse(changes[0]?.occurredAt ?? "") || 0);
  const segments = segmentsOf(changes, to - span.length, to);
  const share = onlineShare(segments);
  return (
    <>
      <div className="cc-row">
        <ToggleGroup isCompact aria-label="Span of the picture">
          {spans.map((one) => (
            <ToggleGroupItem
              key={one.name}
              text={one.name}
              buttonId={`cc-span-${one.length}`}
              isSelected={one === span}
              onChange={() => setSpan(one)}
            />
          ))}
        </ToggleGroup>
        <span>{share !== undefined && `online ${Math.round(share * 100)}%`}</span>
      </div>
      <TimelinePicture segments={segments} span={span.name} />
      <ol className="cc-changes" aria-label="Changes, newest first">
        {changes.map((change, index) => (
          <li key={change.version}>
            <StateText state={change.state} reason={change.reason} />
            <span>{exact(change.occurredAt)}</span>
            <span className="cc-subtle">{lasted(change, changes[index - 1], current)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function lasted(change: StateChange, next: StateChange | undefined, current: number): string {
  const end = next ? Date.parse(next.occurredAt) : Math.max(current, Date.now());
  return `${next ? "for" : "since"} ${spanText(end - Date.parse(change.occurredAt))}`;
}
