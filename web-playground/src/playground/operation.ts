/** Which operation of a document is meant. */
import { Kind, type OperationDefinitionNode, parse } from "graphql";

/**
 * The operation of that name, or the only one there is; `undefined` where that is not clear. Read from the text itself:
 * what GraphiQL knows of it lags a moment behind, and may still be about another tab.
 */
export function operationOf(query: string, name: string | null | undefined): OperationDefinitionNode | undefined {
  const operations = operationsOf(query);
  const named = operations.find((operation) => operation.name?.value === name);
  return named ?? (operations.length === 1 ? operations[0] : undefined);
}

function operationsOf(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch {
    // Not a document (yet): the server says what is wrong with it.
    return [];
  }
}
