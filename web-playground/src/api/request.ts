/** Queries and mutations: one POST each. */
import { apiAddress } from "./address";
import { type Answer, Unreachable, textOf } from "./answer";
import type { Headers } from "./credentials";

export interface Request {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

/** Sends one request. Refusals are in the answer; throws `Unreachable` where there is none. */
export async function post<Data>(request: Request, headers: Headers, signal?: AbortSignal): Promise<Answer<Data>> {
  const response = await send(
    request,
    { accept: "application/graphql-response+json, application/json", ...headers },
    signal,
  );
  return answerOf(response);
}

/** Sends one request and hands back the response as it comes. */
export async function send(request: Request, headers: Headers, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(apiAddress(), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(request),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(`the server does not answer: ${textOf(error)}`);
  }
}

/** The answer in a response. */
export async function answerOf<Data>(response: Response): Promise<Answer<Data>> {
  const kind = response.headers.get("content-type") ?? "";
  if (!kind.includes("json")) throw new Unreachable(`the server answers ${response.status} without JSON`);
  return (await response.json()) as Answer<Data>;
}
