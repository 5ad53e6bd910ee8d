/**
 * Links that carry an operation and its variables in their fragment, which no server sees. Headers and credentials
 * never go in.
 */

export interface SharedOperation {
  query: string;
  variables?: string;
}

const FIELD = "op";

/** The fragment for an operation: compressed, in base64url. */
export async function fragmentOf({ query, variables }: SharedOperation): Promise<string> {
  const text = JSON.stringify(variables ? { query, variables } : { query });
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text));
  return `#${FIELD}=${base64UrlOf(bytes)}`;
}

/** The operation of a fragment; `undefined` where there is none or it cannot be read. */
export async function operationOf(fragment: string): Promise<SharedOperation | undefined> {
  const packed = new URLSearchParams(fragment.slice(1)).get(FIELD);
  if (!packed) return undefined;
  try {
    const bytes = await through(new DecompressionStream("deflate-raw"), bytesOf(packed));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isOperation(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOperation(value: unknown): value is SharedOperation {
  const { query, variables } = (value ?? {}) as Record<string, unknown>;
  return typeof query === "string" && (variables === undefined || typeof variables === "string");
}

async function through(stream: CompressionStream | DecompressionStream, bytes: Uint8Array): Promise<Uint8Array> {
  const body = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as ReadableWritablePair);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function base64UrlOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(base64Url: string): Uint8Array {
  const text = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
