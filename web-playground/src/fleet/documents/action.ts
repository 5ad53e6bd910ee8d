/** What the fleet page does: messages and commands. */
import type { ResultOf, VariablesOf } from "gql.tada";

import { graphql } from "../../api/document";

import { MessageCard } from "./message";

const UserErrors = graphql(`
  fragment UserErrors on UserError {
    code
    message
    path
    ... on DirectiveNotAvailableError {
      available
    }
    ... on ClientOfflineError {
      lastSeenAt
    }
  }
`);

export const SendMessage = graphql(
  `
    mutation SendMessage($input: SendMessageInput!) {
      sendMessage(input: $input) {
        message {
          ...MessageCard
        }
        duplicate
        errors {
          ...UserErrors
        }
      }
    }
  `,
  [MessageCard, UserErrors],
);

export const Ping = graphql(
  `
    mutation Ping($input: PingInput!) {
      ping(input: $input) {
        message {
          ...MessageCard
        }
        errors {
          ...UserErrors
        }
      }
    }
  `,
  [MessageCard, UserErrors],
);

export const Reconnect = graphql(
  `
    mutation Reconnect($input: ReconnectInput!) {
      reconnect(input: $input) {
        message {
          ...MessageCard
        }
        errors {
          ...UserErrors
        }
      }
    }
  `,
  [MessageCard, UserErrors],
);

export const Disconnect = graphql(
  `
    mutation Disconnect($input: DisconnectInput!) {
      disconnect(input: $input) {
        message {
          ...MessageCard
        }
        errors {
          ...UserErrors
        }
      }
    }
  `,
  [MessageCard, UserErrors],
);

export type UserErrors = ResultOf<typeof UserErrors>;
export type SendMessageInput = VariablesOf<typeof SendMessage>["input"];
