/** The page of devices. Rows stay where they are while somebody points at them or works in them. */
import { memo, useRef } from "react";

import { Button } from "@patternfly/react-core";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { Caption, Table, Tbody, Td, Th, type ThProps, Thead, Tr } from "@patternfly/react-table";

import { useStore } from "../../store";
import type { DeviceList } from "../list/device-list";
import type { Row } from "../list/state";
import { narrow, showDevice, view } from "../view/address";
import type { Column, Sort, SortField } from "../view/view";

import { definitions } from "./columns";

export function DeviceTable({ list }: { list: DeviceList }) {
  const { rows } = useStore(list.state);
  const { columns, device } = useStore(view);
  const region = useRef<HTMLDivElement>(null);
  const release = () => list.hold(region.current?.querySelector(":focus-visible") !== null);
  return (
    <div
      ref={region}
      className="cc-table"
      onPointerEnter={() => list.hold(true)}
      onPointerLeave={release}
      onFocus={(event) => event.target.matches(":focus-visible") && list.hold(true)}
      onBlur={(event) => list.hold(event.currentTarget.matches(":hover"))}
    >
      <Table variant="compact" gridBreakPoint="grid-md" aria-label="Devices">
        <Caption className="pf-v6-screen-reader">Devices, kept up to date. Enter opens a device; j and k move.</Caption>
        <Thead>
          <Tr>
            <Heading title="Client id" index={0} field="CLIENT_ID" />
            {columns.map((column, index) => (
              <Heading
                key={column}
                title={definitions[column].title}
                index={index + 1}
                field={definitions[column].sort}
              />
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {rows.map((row) => (
            <DeviceLine key={row.clientId} row={row} columns={columns} isOpen={row.clientId === device} />
          ))}
        </Tbody>
      </Table>
    </div>
  );
}

function Heading({ title, index, field }: { title: string; index: number; field: SortField | undefined }) {
  const { sort } = useStore(view);
  return (
    <Th scope="col" modifier="nowrap" {...(field && { sort: sorting(sort, field, index) })}>
      {title}
    </Th>
  );
}

function sorting(sort: Sort, field: SortField, columnIndex: number): NonNullable<ThProps["sort"]> {
  return {
    columnIndex,
    sortBy: sort.field === field ? { index: columnIndex, direction: sort.direction === "ASC" ? "asc" : "desc" } : {},
    onSort: (_event, _index, direction) => narrow({ sort: { field, direction: direction === "asc" ? "ASC" : "DESC" } }),
  };
}

interface DeviceLineProps {
  row: Row;
  columns: readonly Column[];
  isOpen: boolean;
}

const DeviceLine = memo(function DeviceLine({ row, columns, isOpen }: DeviceLineProps) {
  return (
    <Tr isRowSelected={isOpen} className={row.isGone ? "cc-gone" : ""}>
      <Td dataLabel="Client id">
        <Button
          variant="link"
          isInline
          data-device={row.clientId}
          aria-expanded={isOpen}
          onClick={() => showDevice(row.clientId)}
        >
          {row.clientId}
        </Button>
        {row.sharedIdentitySuspected && (
          <span className="cc-warning">
            <ExclamationTriangleIcon aria-hidden /> shared certificate?
          </span>
        )}
      </Td>
      {columns.map((column) => (
        <Td key={column} modifier="nowrap" dataLabel={definitions[column].title}>
          {definitions[column].cell(row)}
        </Td>
      ))}
    </Tr>
  );
});
