/** Times and spans as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function exact(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

export function sinceText(at: number, now: number): string {
  const span = now - at;
  if (span < 10 * SECOND) return "just now";
  return `${spanText(span)} ago`;
}

/** The largest whole unit: `12 s`, `3 min`, `5 h`, `2 d`; milliseconds where there is less than a second. */
export function spanText(span: number): string {
  if (span < SECOND) return `${Math.max(0, Math.round(span))} ms`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h`;
  return `${Math.floor(span / DAY)} d`;
}
