/** Tells people who do not see the page what changed: a summary, and not too often. */
import { useEffect, useRef, useState } from "react";

import { useStore } from "../store";

import type { CountsFeed, FleetCounts } from "./counts/fleet-counts";

const QUIET_MS = 5000;

export function Announcer({ counts }: { counts: CountsFeed }) {
  const current = useStore(counts.state).counts;
  const said = useRef<FleetCounts>(undefined);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!current || (said.current && said.current.online === current.online && said.current.total === current.total))
      return;
    const timer = setTimeout(
      () => {
        if (said.current) setText(`${current.online} of ${current.total} devices online`);
        said.current = current;
      },
      said.current ? QUIET_MS : 0,
    );
    return () => clearTimeout(timer);
  }, [current]);
  return (
    <div className="pf-v6-screen-reader" role="status" aria-live="polite">
      {text}
    </div>
  );
}
