/** The columns of the table, each with what it shows of a device. */
import type { ReactNode } from "react";

import { Ago } from "../Ago";
import type { Row } from "../list/state";
import type { Column, SortField } from "../view/view";

import { StateText } from "./StateText";

export interface ColumnDefinition {
  title: string;
  sort?: SortField;
  cell: (row: Row) => ReactNode;
}

/** Labels shown in a cell before "more". */
const FEW = 2;

export const definitions: Record<Column, ColumnDefinition> = {
  fqdn: { title: "FQDN", sort: "FQDN", cell: (row) => row.canonicalFacts?.fqdn ?? <None /> },
  state: {
    title: "State",
    cell: (row) => (
      <span key={row.version} className={row.isChanged ? "cc-flash" : undefined}>
        {row.isGone ? "Gone" : <StateText state={row.state} reason={row.stateReason} />}
      </span>
    ),
  },
  lastSeen: { title: "Last seen", sort: "LAST_SEEN_AT", cell: (row) => <Ago at={row.lastSeenAt} /> },
  changed: { title: "State changed", sort: "STATE_CHANGED_AT", cell: (row) => <Ago at={row.stateChangedAt} /> },
  version: { title: "Version", cell: (row) => row.clientVersion ?? <None /> },
  dispatchers: { title: "Dispatchers", cell: (row) => <Labels texts={row.dispatchers.map(({ name }) => name)} /> },
  tags: { title: "Tags", cell: (row) => <Labels texts={row.tags.map(({ key, value }) => `${key}=${value}`)} /> },
  org: { title: "Organisation", cell: (row) => row.orgId ?? <None /> },
};

/** Plain markup: a page has hundreds of them. */
function Labels({ texts }: { texts: string[] }) {
  if (texts.length === 0) return <None />;
  const more = texts.length - FEW;
  return (
    <span className="cc-labels">
      {texts.slice(0, FEW).map((text) => (
        <span key={text} className="cc-label">
          {text}
        </span>
      ))}
      {more > 0 && <span title={texts.slice(FEW).join(", ")}>{more} more</span>}
    </span>
  );
}

function None() {
  return (
    <>
      <span aria-hidden>–</span>
      <span className="pf-v6-screen-reader">none</span>
    </>
  );
}
