/** JSON as a person types it: checked while it is typed. */

export type Checked = { ok: true; value: unknown } | { ok: false; problem: string };

/** An empty text is no value (`null`). */
export function checked(text: string): Checked {
  if (text.trim() === "") return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: `not JSON: ${placed(text, (error as Error).message)}` };
  }
}

/** The same for metadata: an object whose values are strings, as devices want it. */
export function checkedMetadata(text: string): Checked {
  const result = checked(text);
  if (!result.ok || result.value === null) return result;
  const isObject = typeof result.value === "object" && !Array.isArray(result.value);
  const strings = isObject && Object.values(result.value as object).every((value) => typeof value === "string");
  return strings ? result : { ok: false, problem: 'an object of strings is needed, such as {"a": "b"}' };
}

/** The browser's message with line and column where it names a position only. */
function placed(text: string, message: string): string {
  const position = /at position (\d+)(?! \(line)/.exec(message)?.[1];
  if (position === undefined) return message;
  const lines = text.slice(0, Number(position)).split("\n");
  return `${message} (line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1})`;
}
