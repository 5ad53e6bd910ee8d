/** What the fleet page asks about devices. */
import type { ResultOf, VariablesOf } from "gql.tada";

import { graphql } from "../../api/document";

const DeviceRow = graphql(`
  fragment DeviceRow on ConnectionStatus {
    clientId
    orgId
    state
    stateReason
    stateChangedAt
    lastSeenAt
    version
    sharedIdentitySuspected
    clientVersion
    canonicalFacts {
      fqdn
    }
    dispatchers {
      name
    }
    tags {
      key
      value
    }
  }
`);

export const ChangesCursor = graphql(`
  query ChangesCursor {
    changesCursor
  }
`);

export const DevicePage = graphql(
  `
    query DevicePage(
      $filter: ConnectionFilter
      $orderBy: ConnectionOrder
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      connections(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        nodes {
          ...DeviceRow
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [DeviceRow],
);

export const DeviceChanges = graphql(
  `
    subscription DeviceChanges($filter: ConnectionFilter, $after: String) {
      connectionChanged(filter: $filter, after: $after) {
        kind
        clientId
        version
        missed
        connection {
          ...DeviceRow
        }
      }
    }
  `,
  [DeviceRow],
);

export const Counts = graphql(`
  subscription Counts($filter: ConnectionFilter) {
    connectionStatsChanged(filter: $filter, minIntervalMs: 1000) {
      total
      online
      offline
    }
  }
`);

export const RecentlyChanged = graphql(`
  query RecentlyChanged($filter: ConnectionFilter) {
    connectionStats(filter: $filter) {
      total
    }
  }
`);

export const FilterChoices = graphql(`
  query FilterChoices {
    connectionStats {
      byDispatcher {
        key
        total
      }
      byClientVersion {
        key
        total
      }
    }
  }
`);

export const DeviceDetails = graphql(`
  query DeviceDetails($clientId: ID!) {
    connection(clientId: $clientId) {
      clientId
      orgId
      accountNumber
      state
      stateReason
      stateChangedAt
      lastSeenAt
      firstSeenAt
      sharedIdentitySuspected
      clientName
      clientVersion
      canonicalFacts {
        fqdn
        insightsId
        machineId
        biosUuid
        subscriptionManagerId
        ipAddresses
        macAddresses
        raw
      }
      dispatchers {
        name
        features
      }
      tags {
        key
        value
      }
    }
  }
`);

export const DeviceHistory = graphql(`
  query DeviceHistory($clientId: ID!) {
    connection(clientId: $clientId) {
      firstSeenAt
      stateHistory(first: 100) {
        nodes {
          version
          previousState
          state
          reason
          occurredAt
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

export type DeviceRow = ResultOf<typeof DeviceRow>;
export type DevicePageVariables = VariablesOf<typeof DevicePage>;
export type PageInfo = ResultOf<typeof DevicePage>["connections"]["pageInfo"];
export type DeviceChange = ResultOf<typeof DeviceChanges>["connectionChanged"];
export type ConnectionFilter = NonNullable<VariablesOf<typeof Counts>["filter"]>;
export type DeviceDetails = NonNullable<ResultOf<typeof DeviceDetails>["connection"]>;
export type History = NonNullable<ResultOf<typeof DeviceHistory>["connection"]>;
export type StateChange = History["stateHistory"]["nodes"][number];
