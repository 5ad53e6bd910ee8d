/** Typed documents: what the fleet page asks is checked against `schema/schema.graphql` when it is compiled. */
import { print } from "@0no-co/graphql.web";
import { type TadaDocumentNode, initGraphQLTada } from "gql.tada";

import type { introspection } from "./schema";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; UUID: string; JSON: unknown; JSONObject: Record<string, unknown> };
}>();

export type Document<Data, Variables> = TadaDocumentNode<Data, Variables>;

const printed = new WeakMap<object, string>();

/** The text of a document. */
export function textOf<Data, Variables>(document: Document<Data, Variables>): string {
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}
