/** What the snippets of all languages are made of. Secrets appear as the name of an environment variable only. */
import type { Credentials } from "../../api/credentials";

/** A header: fixed text, then the value of an environment variable where one is named. */
export interface HeaderLine {
  name: string;
  text: string;
  variable?: string;
}

export interface Call {
  address: string;
  socket: string;
  query: string;
  variables: Record<string, unknown>;
  isSubscription: boolean;
  headers: HeaderLine[];
}

export function headerLines(credentials: Credentials): HeaderLine[] {
  switch (credentials.kind) {
    case "none":
    case "token":
      return [{ name: "authorization", text: "Bearer ", variable: "TOKEN" }];
    case "identity":
      return [{ name: "x-rh-identity", text: "", variable: "IDENTITY" }];
    case "key":
      return [
        { name: "x-rh-cloud-connector-client-id", text: credentials.clientId },
        { name: "x-rh-cloud-connector-psk", text: "", variable: "KEY" },
        ...(credentials.orgId ? [{ name: "x-rh-cloud-connector-org-id", text: credentials.orgId }] : []),
        ...(credentials.accountNumber
          ? [{ name: "x-rh-cloud-connector-account", text: credentials.accountNumber }]
          : []),
      ];
  }
}

/** A JSON text, its lines after the first indented. */
export function json(value: unknown, indent = ""): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`);
}
