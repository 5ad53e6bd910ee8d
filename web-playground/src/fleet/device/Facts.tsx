/** What the device says it is. */
import { DescriptionList } from "@patternfly/react-core";

import type { DeviceDetails } from "../documents/device";

import { Fact } from "./Fact";

export function Facts({ facts }: { facts: DeviceDetails["canonicalFacts"] }) {
  if (!facts) return <p>None yet: the device has only ever reported that it is offline.</p>;
  return (
    <>
      <DescriptionList isHorizontal isCompact aria-label="Facts">
        <Fact name="FQDN">{facts.fqdn}</Fact>
        <Fact name="Insights id">{facts.insightsId}</Fact>
        <Fact name="Machine id">{facts.machineId}</Fact>
        <Fact name="BIOS UUID">{facts.biosUuid}</Fact>
        <Fact name="Subscription Manager id">{facts.subscriptionManagerId}</Fact>
        <Fact name="IP addresses">{facts.ipAddresses.join(", ")}</Fact>
        <Fact name="MAC addresses">{facts.macAddresses.join(", ")}</Fact>
      </DescriptionList>
      <details className="cc-raw">
        <summary>As received</summary>
        <pre tabIndex={0} aria-label="Facts as received">
          {JSON.stringify(facts.raw, null, 2)}
        </pre>
      </details>
    </>
  );
}
