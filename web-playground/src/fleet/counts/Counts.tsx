/** How many devices there are, are online and are not: each count is also the filter that shows them. */
import type { ReactNode } from "react";

import { useStore } from "../../store";
import { StateIcon } from "../table/StateIcon";
import { narrow, view } from "../view/address";
import type { State } from "../view/view";

import { type CountsFeed, SAMPLES } from "./fleet-counts";
import { Sparkline } from "./Sparkline";

export function Counts({ feed }: { feed: CountsFeed }) {
  const { counts, samples, recent } = useStore(feed.state);
  return (
    <div className="cc-counts" role="group" aria-label="Counts; each shows only its devices">
      <Count name="All devices" value={counts?.total} />
      <Count name="Online" state="ONLINE" value={counts?.online}>
        {samples.length > 0 && <Sparkline values={samples} capacity={SAMPLES} label={spoken(samples)} />}
      </Count>
      <Count name="Offline" state="OFFLINE" value={counts?.offline} />
      <div className="cc-count">
        <span className="cc-count-name">Changed in 5 min</span>
        <Value value={recent} />
      </div>
    </div>
  );
}

interface CountProps {
  name: string;
  state?: State;
  value: number | undefined;
  children?: ReactNode;
}

function Count({ name, state, value, children }: CountProps) {
  const isShown = useStore(view).state === state;
  return (
    <button type="button" className="cc-count" aria-pressed={isShown} onClick={() => narrow({ state })}>
      <span className="cc-count-name">
        {state && <StateIcon state={state} />} {name}
      </span>
      <Value value={value} />
      {children}
    </button>
  );
}

function Value({ value }: { value: number | undefined }) {
  return <span className="cc-count-value">{value === undefined ? "–" : value.toLocaleString("en")}</span>;
}

function spoken(samples: readonly number[]): string {
  return `Online in the last minutes: from ${samples[0]} to ${samples.at(-1)}, lowest ${Math.min(...samples)}, highest ${Math.max(...samples)}`;
}
