/** The details of one device, beside the table. Takes the focus when it opens, gives it back when it closes. */
import { type KeyboardEvent, useEffect, useRef } from "react";

import {
  DrawerActions,
  DrawerCloseButton,
  DrawerHead,
  DrawerPanelBody,
  DrawerPanelContent,
  Tab,
  Tabs,
  TabTitleText,
} from "@patternfly/react-core";

import { useResource } from "../../live/resource";
import { mayDo, viewer } from "../../session/viewer";
import { useStore } from "../../store";
import { DeviceDetails, DeviceHistory } from "../documents/device";
import { DeviceMessages } from "../documents/message";
import { SendForm } from "../message/SendForm";
import { PlaygroundLink } from "../PlaygroundLink";
import { adjust, hideDevice, view } from "../view/address";
import { type Pane, panes } from "../view/view";

import { Commands } from "./Commands";
import { Facts } from "./Facts";
import { History } from "./History";
import { Loaded } from "./Loaded";
import { Messages } from "./Messages";
import { Overview } from "./Overview";
import { detailsOf } from "./sources";

const titles: Record<Pane, string> = {
  overview: "Overview",
  send: "Send",
  messages: "Messages",
  history: "History",
  facts: "Facts",
};

export default function DevicePanel({ clientId }: { clientId: string }) {
  const { pane } = useStore(view);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    return () => focusRow(clientId);
  }, [clientId]);
  return (
    <DrawerPanelContent
      className="cc-panel"
      widths={{ default: "width_100", lg: "width_50", xl: "width_33" }}
      role="complementary"
      onKeyDown={closeOnEscape}
      aria-labelledby="cc-device-title"
    >
      <DrawerHead>
        <h2 id="cc-device-title" ref={heading} tabIndex={-1}>
          {clientId}
        </h2>
        <DrawerActions>
          <DrawerCloseButton aria-label="Close the device's details" onClose={hideDevice} />
        </DrawerActions>
      </DrawerHead>
      <DrawerPanelBody>
        <Tabs
          activeKey={pane}
          onSelect={(_, key) => adjust({ pane: key as Pane })}
          aria-label={`Details of ${clientId}`}
          mountOnEnter
          unmountOnExit
        >
          {panes.map((one) => (
            <Tab key={one} eventKey={one} title={<TabTitleText>{titles[one]}</TabTitleText>}>
              <div className="cc-pane">
                <PaneContent pane={one} clientId={clientId} />
              </div>
            </Tab>
          ))}
        </Tabs>
      </DrawerPanelBody>
    </DrawerPanelContent>
  );
}

function PaneContent({ pane, clientId }: { pane: Pane; clientId: string }) {
  switch (pane) {
    case "messages":
      return (
        <>
          <Messages clientId={clientId} />
          <PlaygroundLink document={DeviceMessages} variables={{ clientId, first: 20 }} />
        </>
      );
    case "history":
      return (
        <>
          <History clientId={clientId} />
          <PlaygroundLink document={DeviceHistory} variables={{ clientId }} />
        </>
      );
    default:
      return <DeviceContent pane={pane} clientId={clientId} />;
  }
}

function DeviceContent({ pane, clientId }: { pane: Pane; clientId: string }) {
  const resource = useResource(clientId, () => detailsOf(clientId));
  const maySend = mayDo(useStore(viewer), "MESSAGE_SEND");
  return (
    <Loaded resource={resource}>
      {(device) => {
        if (!device) return <p>There is no such device in your reach.</p>;
        if (pane === "facts") return <Facts facts={device.canonicalFacts} />;
        if (pane === "send") {
          if (!maySend) return <p>Sending needs the permission MESSAGE_SEND.</p>;
          const dispatchers = device.dispatchers.map(({ name }) => name);
          return <SendForm clientId={clientId} isOnline={device.state === "ONLINE"} dispatchers={dispatchers} />;
        }
        return (
          <>
            <Commands clientId={clientId} />
            <Overview device={device} />
            <PlaygroundLink document={DeviceDetails} variables={{ clientId }} />
          </>
        );
      }}
    </Loaded>
  );
}

/** Keys pressed in dialogs of the panel bubble up to it, too: those are theirs. */
function closeOnEscape(event: KeyboardEvent<HTMLElement>): void {
  if (event.key === "Escape" && event.currentTarget.contains(event.target as Node)) hideDevice();
}

function focusRow(clientId: string): void {
  document.querySelector<HTMLElement>(`[data-device="${CSS.escape(clientId)}"]`)?.focus();
}
