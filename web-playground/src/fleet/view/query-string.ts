/** The view as a query string, and back. What is as at first is left out; what cannot be read is as at first. */
import { type Column, type Sort, type View, columns, firstView, pageSizes, panes, sortFields, states } from "./view";

export function queryStringOf(view: View): string {
  const fields = new URLSearchParams();
  const set = (name: string, value: string | undefined, first = "") => {
    if (value !== undefined && value !== first) fields.set(name, value);
  };
  set("q", view.search);
  set("state", view.state?.toLowerCase());
  for (const tag of view.tags) fields.append("tag", tag);
  for (const dispatcher of view.dispatchers) fields.append("dispatcher", dispatcher);
  for (const version of view.versions) fields.append("version", version);
  set("sort", textOfSort(view.sort), textOfSort(firstView.sort));
  set("size", String(view.size), String(firstView.size));
  set("after", view.after);
  set("before", view.before);
  set("columns", view.columns.join(","), firstView.columns.join(","));
  set("device", view.device);
  if (view.device) set("pane", view.pane, firstView.pane);
  const text = fields.toString();
  return text && `?${text}`;
}

export function viewOf(queryString: string): View {
  const fields = new URLSearchParams(queryString);
  const named = (name: string) => fields.get(name) || undefined;
  return {
    search: fields.get("q") ?? "",
    state: oneOf(states, fields.get("state")?.toUpperCase()),
    tags: fields.getAll("tag"),
    dispatchers: fields.getAll("dispatcher"),
    versions: fields.getAll("version"),
    sort: sortOf(fields.get("sort")) ?? firstView.sort,
    size: pageSizes.find((size) => String(size) === fields.get("size")) ?? firstView.size,
    after: named("after"),
    before: named("after") ? undefined : named("before"),
    columns: fields.has("columns") ? columnsOf(fields.get("columns") ?? "") : firstView.columns,
    device: named("device"),
    pane: oneOf(panes, fields.get("pane")) ?? firstView.pane,
  };
}

/** `last_seen_at` is ascending, `-last_seen_at` descending. */
function textOfSort({ field, direction }: Sort): string {
  return (direction === "DESC" ? "-" : "") + field.toLowerCase();
}

function sortOf(text: string | null): Sort | undefined {
  const field = oneOf(sortFields, text?.replace(/^-/, "").toUpperCase());
  return field && { field, direction: text?.startsWith("-") ? "DESC" : "ASC" };
}

function columnsOf(text: string): Column[] {
  const named = text.split(",");
  return columns.filter((column) => named.includes(column));
}

function oneOf<Value extends string>(values: readonly Value[], text: string | null | undefined): Value | undefined {
  return values.find((value) => value === text);
}
