/** What matters about a device at a glance. */
import { DescriptionList, Label, LabelGroup } from "@patternfly/react-core";

import { Ago } from "../Ago";
import type { DeviceDetails } from "../documents/device";
import { StateText } from "../table/StateText";

import { Fact } from "./Fact";

export function Overview({ device }: { device: DeviceDetails }) {
  const { canonicalFacts, clientName, clientVersion, accountNumber, orgId } = device;
  return (
    <DescriptionList isHorizontal isCompact aria-label="Overview">
      <Fact name="State">
        <StateText state={device.state} reason={device.stateReason} />, <Ago at={device.stateChangedAt} />
      </Fact>
      <Fact name="Last seen">
        <Ago at={device.lastSeenAt} />
      </Fact>
      <Fact name="First seen">
        <Ago at={device.firstSeenAt} />
      </Fact>
      <Fact name="FQDN">{canonicalFacts?.fqdn}</Fact>
      <Fact name="Addresses">{canonicalFacts?.ipAddresses.join(", ")}</Fact>
      <Fact name="Software">{[clientName, clientVersion].filter(Boolean).join(" ")}</Fact>
      <Fact name="Organisation">{orgId && `${orgId}${accountNumber ? ` (account ${accountNumber})` : ""}`}</Fact>
      <Fact name="Certificate">
        {device.sharedIdentitySuspected ? "The link changes hands so often that several hosts seem to share it" : null}
      </Fact>
      <Fact name="Dispatchers">
        {device.dispatchers.length === 0 ? null : (
          <ul className="cc-plain-list">
            {device.dispatchers.map(({ name, features }) => (
              <li key={name}>
                <b>{name}</b> <span className="cc-subtle">{featuresText(features)}</span>
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact name="Tags">
        {device.tags.length === 0 ? null : (
          <LabelGroup numLabels={20} aria-label="Tags">
            {device.tags.map(({ key, value }) => (
              <Label key={key} isCompact>
                {`${key}=${value}`}
              </Label>
            ))}
          </LabelGroup>
        )}
      </Fact>
    </DescriptionList>
  );
}

function featuresText(features: Record<string, unknown>): string {
  return Object.entries(features)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
