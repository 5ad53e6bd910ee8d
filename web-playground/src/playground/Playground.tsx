/** GraphiQL with our credentials, examples and ways to take an operation elsewhere. */
import { useMemo } from "react";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";

import { Masthead } from "../masthead/Masthead";
import { theme } from "../masthead/theme";
import { credentials } from "../session/session";
import { useStore } from "../store";

import { CopyMenu } from "./CopyMenu";
import { examples } from "./examples";
import { fetcherFor } from "./fetcher";
import { LIVE_PLUGIN, LiveOpener } from "./live/LivePane";
import { noteTabs } from "./live/tabs";
import type { SharedOperation } from "./share-link";
import { ShareButton } from "./ShareButton";
import { TransportSwitch } from "./TransportSwitch";

const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false }), LIVE_PLUGIN];

/** What the variables editor accepts for our scalars. */
const scalars = { JSON: {}, JSONObject: { type: "object" as const } };

/** On a phone the docs would leave no room for the operation; they are a button away. */
const isWide = matchMedia("(min-width: 50rem)").matches;

const firstTabs = examples().map(({ query, variables }) => ({ query, variables }));

export function Playground({ shared }: { shared?: SharedOperation }) {
  const current = useStore(credentials);
  const fetcher = useMemo(() => fetcherFor(current), [current]);
  const nobody = current.kind === "none";
  return (
    <div className="cc-playground">
      <Masthead page="Playground">
        <TransportSwitch />
      </Masthead>
      <main id="main" tabIndex={-1}>
        <h1 className="pf-v6-screen-reader">Playground</h1>
        <GraphiQL
          fetcher={fetcher}
          {...(nobody && { schema: null })}
          plugins={plugins}
          {...(isWide && { visiblePlugin: DOC_EXPLORER_PLUGIN })}
          defaultTabs={firstTabs}
          onTabChange={noteTabs}
          {...(shared && { initialQuery: shared.query, initialVariables: shared.variables ?? "" })}
          defaultEditorToolsVisibility={isWide && "variables"}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          forcedTheme={useStore(theme)}
          inputValueDeprecation
          schemaDescription
          customScalarSchemas={scalars}
        >
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
          <GraphiQL.Toolbar>
            {({ prettify, merge }) => (
              <>
                {prettify}
                {merge}
                <ShareButton />
                <CopyMenu />
                <LiveOpener />
              </>
            )}
          </GraphiQL.Toolbar>
        </GraphiQL>
      </main>
    </div>
  );
}
