/** Copies the operation as a program in the language of one's choice; secrets appear as environment variables only. */
import { ToolbarButton, ToolbarMenu, useGraphiQL } from "@graphiql/react";
import { CodeIcon } from "@patternfly/react-icons/dist/esm/icons/code-icon";

import { apiAddress, socketAddress } from "../api/address";
import { credentials } from "../session/session";

import { Copied, useCopy } from "./clipboard";
import { operationOf } from "./operation";
import { headerLines, type Call } from "./snippet/call";
import { languages } from "./snippet/language";

export function CopyMenu() {
  const state = useGraphiQL(({ queryEditor, variableEditor, operationName }) => ({
    queryEditor,
    variableEditor,
    operationName,
  }));
  const { copied, copy } = useCopy();
  const query = () => state.queryEditor?.getValue() ?? "";
  const call = (): Call => ({
    address: apiAddress(),
    socket: socketAddress(),
    query: query(),
    variables: variablesOf(state.variableEditor?.getValue() ?? ""),
    isSubscription: operationOf(query(), state.operationName)?.operation === "subscription",
    headers: headerLines(credentials.get()),
  });
  return (
    <>
      <ToolbarMenu
        button={
          <ToolbarButton label="Copy as a program">
            <CodeIcon className="graphiql-toolbar-icon" aria-hidden="true" />
          </ToolbarButton>
        }
      >
        {languages.map(({ name, write }) => (
          <ToolbarMenu.Item key={name} onSelect={() => void copy(write(call()), `copied as ${name}`)}>
            Copy as {name}
          </ToolbarMenu.Item>
        ))}
      </ToolbarMenu>
      <Copied what={copied} />
    </>
  );
}

/** The variables as an object; none where they are not JSON (yet). */
function variablesOf(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text || "{}") ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
