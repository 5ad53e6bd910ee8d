/**
 * What a caller brings to prove who it is. The same names travel as HTTP headers and, because browsers cannot set
 * headers on a WebSocket, as fields of `connection_init`.
 */
export type Credentials =
  | { kind: "none" }
  | { kind: "token"; token: string }
  | { kind: "identity"; identity: string }
  | { kind: "key"; clientId: string; key: string; orgId: string; accountNumber: string };

export type Headers = Record<string, string>;

export const noCredentials: Credentials = { kind: "none" };

export function headersOf(credentials: Credentials): Headers {
  switch (credentials.kind) {
    case "none":
      return {};
    case "token":
      return { authorization: `Bearer ${credentials.token}` };
    case "identity":
      return { "x-rh-identity": encodedIdentity(credentials.identity) };
    case "key":
      return withoutEmpty({
        "x-rh-cloud-connector-client-id": credentials.clientId,
        "x-rh-cloud-connector-psk": credentials.key,
        "x-rh-cloud-connector-org-id": credentials.orgId,
        "x-rh-cloud-connector-account": credentials.accountNumber,
      });
  }
}

/** The header's value: JSON as people read it is encoded, base64 is taken as it is. */
function encodedIdentity(identity: string): string {
  const text = identity.trim();
  if (!text.startsWith("{")) return text;
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes));
}

function withoutEmpty(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
}
