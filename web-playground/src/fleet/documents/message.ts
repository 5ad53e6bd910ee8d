/** What the fleet page asks about messages. */
import type { ResultOf } from "gql.tada";

import { graphql } from "../../api/document";

export const MessageCard = graphql(`
  fragment MessageCard on Message {
    messageId
    direction
    kind
    directive
    command
    state
    createdAt
    sentBy
    sizeBytes
    content
    answerOverdue
    redelivered
    failure {
      code
      message
    }
    transitions {
      state
      occurredAt
      detail
    }
    responses(first: 1) {
      nodes {
        content
        kind
      }
    }
  }
`);

export const DeviceMessages = graphql(
  `
    query DeviceMessages($clientId: ID!, $first: Int!) {
      connection(clientId: $clientId) {
        messages(first: $first) {
          nodes {
            ...MessageCard
          }
        }
      }
    }
  `,
  [MessageCard],
);

export const OneMessage = graphql(
  `
    query OneMessage($messageId: UUID!) {
      message(messageId: $messageId) {
        ...MessageCard
      }
    }
  `,
  [MessageCard],
);

export const MessageMoves = graphql(`
  subscription MessageMoves($filter: MessageFilter, $after: String) {
    messageStateChanged(filter: $filter, after: $after) {
      seq
      state
      missed
    }
  }
`);

export const MessageArrivals = graphql(`
  subscription MessageArrivals($filter: MessageFilter, $after: String) {
    messageReceived(filter: $filter, after: $after) {
      message {
        messageId
      }
      missed
    }
  }
`);

export type MessageCard = ResultOf<typeof MessageCard>;
