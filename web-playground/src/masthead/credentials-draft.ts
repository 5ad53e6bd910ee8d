/** Credentials while they are typed: what each kind needs is kept when another kind is looked at. */
import type { Credentials } from "../api/credentials";

export type Kind = Exclude<Credentials["kind"], "none">;

const identityTemplate = `{
  "identity": {
    "type": "User",
    "org_id": "10000",
    "account_number": "111000",
    "user": { "username": "developer" }
  }
}`;

export interface Draft {
  token: string;
  identity: string;
  clientId: string;
  key: string;
  orgId: string;
  accountNumber: string;
}

export function draftOf(current: Credentials): Draft {
  const empty = { token: "", identity: identityTemplate, clientId: "", key: "", orgId: "", accountNumber: "" };
  return { ...empty, ...current };
}

export function credentialsOf(kind: Kind, draft: Draft): Credentials {
  switch (kind) {
    case "token":
      return { kind, token: draft.token.trim().replace(/^bearer\s+/i, "") };
    case "identity":
      return { kind, identity: draft.identity };
    case "key":
      return { kind, clientId: draft.clientId, key: draft.key, orgId: draft.orgId, accountNumber: draft.accountNumber };
  }
}

export function isComplete(kind: Kind, draft: Draft): boolean {
  const needed = { token: [draft.token], identity: [draft.identity], key: [draft.clientId, draft.key] }[kind];
  return needed.every((value) => value.trim() !== "");
}
