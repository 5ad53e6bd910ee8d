/** The fleet page, at `/fleet`. */
import "@patternfly/react-core/dist/styles/base.css";
import "./fleet.css";

import { createRoot } from "react-dom/client";

import { claimTab } from "../masthead/Masthead";
import { followTheme } from "../masthead/theme";
import { startSession } from "../session/session";
import { followViewer } from "../session/viewer";

import { Fleet } from "./Fleet";
import { followKeys } from "./table/keyboard";

claimTab("Fleet");
followTheme();
startSession();
followViewer();
followKeys();
createRoot(document.getElementById("page") as HTMLElement).render(<Fleet />);
