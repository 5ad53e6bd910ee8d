/** How long ago something was; the exact time on pointing. */
import { useStore } from "../store";

import { now } from "./clock";
import { exact, sinceText } from "./time";

export function Ago({ at }: { at: string }) {
  const current = useStore(now);
  return (
    <time dateTime={at} title={exact(at)}>
      {sinceText(Date.parse(at), Math.max(current, Date.now()))}
    </time>
  );
}
