/** When a device was online: filled; offline: hatched; not known: empty. */
import { exact } from "../time";

import { type Segment, onlineShare } from "./segments";

const WIDTH = 1000;
const HEIGHT = 40;

const looks = { ONLINE: "cc-fill-online", OFFLINE: "cc-fill-offline" };
const words = { ONLINE: "online", OFFLINE: "offline" };

export function TimelinePicture({ segments, span }: { segments: readonly Segment[]; span: string }) {
  const from = segments[0]?.from ?? 0;
  const to = segments.at(-1)?.to ?? 1;
  const place = (at: number) => ((at - from) / (to - from)) * WIDTH;
  return (
    <figure className="cc-timeline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={spoken(segments, span)}>
        <defs>
          <pattern id="cc-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect className="cc-hatch-ground" width="8" height="8" />
            <rect className="cc-hatch-line" width="2" height="8" />
          </pattern>
        </defs>
        {segments.map((segment) => (
          <rect
            key={segment.from}
            x={place(segment.from)}
            width={Math.max(place(segment.to) - place(segment.from), 1)}
            height={HEIGHT}
            className={segment.state ? looks[segment.state] : "cc-fill-unknown"}
          >
            <title>{`${segment.state ? words[segment.state] : "not known"} ${exactSpan(segment)}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <span>{span} ago</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function exactSpan({ from, to }: Segment): string {
  return `from ${exact(new Date(from).toISOString())} to ${exact(new Date(to).toISOString())}`;
}

function spoken(segments: readonly Segment[], span: string): string {
  const share = onlineShare(segments);
  if (share === undefined) return `Nothing is known of the last ${span}`;
  return `Online ${Math.round(share * 100)}% of the last ${span}; ${segments.length - 1} changes`;
}
