/** The fleet page: counts, filters, the table, and a device's details beside it. */
import { Suspense, lazy, useRef, useState } from "react";

import { Alert, AlertActionLink, Drawer, DrawerContent, DrawerContentBody } from "@patternfly/react-core";

import type { Condition } from "../live/upkeep";
import { Masthead } from "../masthead/Masthead";
import { credentials } from "../session/session";
import { useStore } from "../store";

import { Announcer } from "./Announcer";
import { Counts } from "./counts/Counts";
import { CountsFeed } from "./counts/fleet-counts";
import { DevicePage } from "./documents/device";
import { Filters } from "./filters/Filters";
import { DeviceList } from "./list/device-list";
import { FleetState } from "./list/FleetState";
import { NoCredentials, NoDevices } from "./list/NoDevices";
import { api } from "./list/source";
import { PlaygroundLink } from "./PlaygroundLink";
import { DeviceTable } from "./table/DeviceTable";
import { Pager } from "./table/Pager";
import { useFeeds } from "./use-feeds";
import { view } from "./view/address";
import { pageOf } from "./view/view";

/** Loaded when the first device is opened: the table is there sooner. */
const DevicePanel = lazy(() => import("./device/DevicePanel"));

export function Fleet() {
  const [list] = useState(() => new DeviceList(api));
  const [counts] = useState(() => new CountsFeed());
  const nobody = useStore(credentials).kind === "none";
  const condition = useSettled(useStore(list.state).condition);
  const { device } = useStore(view);
  useFeeds(list, counts);
  return (
    <div className="cc-fleet">
      <Masthead page="Fleet">{!nobody && <FleetState condition={condition} />}</Masthead>
      <Announcer counts={counts} />
      <Drawer isExpanded={device !== undefined} isInline>
        <DrawerContent panelContent={device !== undefined && panel(device)}>
          <DrawerContentBody>
            <main id="main" tabIndex={-1}>
              <h1 className="pf-v6-screen-reader">Fleet</h1>
              {nobody ? <NoCredentials /> : <Devices list={list} counts={counts} />}
            </main>
          </DrawerContentBody>
        </DrawerContent>
      </Drawer>
    </div>
  );
}

/** The condition without the moments in which something else is read: the masthead stays calm while one types. */
function useSettled(condition: Condition): Condition {
  const last = useRef(condition);
  if (condition.kind !== "connecting") last.current = condition;
  return last.current;
}

function panel(device: string) {
  return (
    <Suspense fallback={null}>
      <DevicePanel key={device} clientId={device} />
    </Suspense>
  );
}

function Devices({ list, counts }: { list: DeviceList; counts: CountsFeed }) {
  const { rows, page, condition, isOutdated } = useStore(list.state);
  const current = useStore(view);
  return (
    <>
      <Counts feed={counts} />
      <Filters />
      {(condition.kind === "refused" || condition.kind === "waiting") && (
        <Alert
          variant={condition.kind === "refused" ? "danger" : "warning"}
          isInline
          title={`${condition.error.message}${condition.kind === "waiting" ? "; trying again" : ""}`}
          actionLinks={<AlertActionLink onClick={() => list.refresh()}>Try now</AlertActionLink>}
        />
      )}
      <div className="cc-outdated" role="status">
        {isOutdated && (
          <Alert
            variant="info"
            isInline
            isPlain
            title="Devices came, went or changed places"
            actionLinks={<AlertActionLink onClick={() => list.refresh()}>Show</AlertActionLink>}
          />
        )}
      </div>
      {page && rows.length === 0 ? <NoDevices view={current} /> : <DeviceTable list={list} />}
      <footer className="cc-footer">
        <PlaygroundLink document={DevicePage} variables={pageOf(current)} />
        <Pager list={list} counts={counts} />
      </footer>
    </>
  );
}
