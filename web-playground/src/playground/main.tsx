/** The playground, at `/`. */
import "@patternfly/react-core/dist/styles/base.css";
import "./workers";
import "graphiql/graphiql.css";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./playground.css";

import { createRoot } from "react-dom/client";

import { claimTab } from "../masthead/Masthead";
import { followTheme } from "../masthead/theme";
import { credentials, startSession } from "../session/session";
import { followViewer } from "../session/viewer";

import { stopAllFeeds } from "./live/feed";
import { Playground } from "./Playground";
import { operationOf } from "./share-link";
import { correctTabRoles } from "./tab-roles";

claimTab("Playground");
followTheme();
startSession();
followViewer();
credentials.watch(stopAllFeeds);
preferNarrowDocs();
correctTabRoles(document.getElementById("page") as HTMLElement);

const shared = await operationOf(location.hash);
if (shared) history.replaceState(null, "", location.pathname + location.search);
const root = createRoot(document.getElementById("page") as HTMLElement);
root.render(<Playground {...(shared && { shared })} />);

// A share link that is opened in this very tab changes the fragment only.
window.addEventListener("hashchange", () => location.hash.includes("op=") && location.reload());

/** GraphiQL gives a quarter of the page to the docs; the operation needs it more. Whoever drags it keeps their width. */
function preferNarrowDocs(): void {
  const key = "graphiql:docExplorerFlex";
  if (localStorage.getItem(key) === null) localStorage.setItem(key, "0.24");
}
