/** Copies a link to the operation and its variables; headers and credentials stay here. */
import { ToolbarButton, useGraphiQL } from "@graphiql/react";
import { ShareAltIcon } from "@patternfly/react-icons/dist/esm/icons/share-alt-icon";

import { Copied, useCopy } from "./clipboard";
import { fragmentOf } from "./share-link";

export function ShareButton() {
  const editors = useGraphiQL(({ queryEditor, variableEditor }) => ({ queryEditor, variableEditor }));
  const { copied, copy } = useCopy();
  const share = async () => {
    const query = editors.queryEditor?.getValue() ?? "";
    const variables = editors.variableEditor?.getValue() ?? "";
    const fragment = await fragmentOf(variables.trim() ? { query, variables } : { query });
    await copy(new URL(`./${fragment}`, location.href).href, "link copied");
  };
  return (
    <>
      <ToolbarButton label="Copy a link to this operation (no credentials in it)" onClick={() => void share()}>
        <ShareAltIcon className="graphiql-toolbar-icon" aria-hidden="true" />
      </ToolbarButton>
      <Copied what={copied} />
    </>
  );
}
