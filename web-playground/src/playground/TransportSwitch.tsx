/** WebSocket or server-sent events, for subscriptions started from now on. */
import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";

import { useStore } from "../store";

import { type Transport, transport } from "./transport";

const ways: { way: Transport; name: string }[] = [
  { way: "websocket", name: "WebSocket" },
  { way: "sse", name: "SSE" },
];

export function TransportSwitch() {
  const chosen = useStore(transport);
  return (
    <div className="cc-transport">
      <span id="cc-transport-label">Subscriptions over</span>
      <ToggleGroup isCompact aria-labelledby="cc-transport-label">
        {ways.map(({ way, name }) => (
          <ToggleGroupItem
            key={way}
            text={name}
            buttonId={`cc-transport-${way}`}
            isSelected={chosen === way}
            onChange={() => transport.set(way)}
          />
        ))}
      </ToggleGroup>
    </div>
  );
}
