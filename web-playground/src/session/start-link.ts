/** The link printed at start carries a token in its fragment, which no server sees. */

/** The token, read once: it leaves the address at once, and with it the browser's history. */
export function tokenOfStartLink(): string | undefined {
  const fields = new URLSearchParams(location.hash.slice(1));
  const token = fields.get("token");
  if (!token) return undefined;
  fields.delete("token");
  const rest = fields.toString();
  history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
  return token.trim();
}
