/** What the API answers, and what goes wrong. */

export interface Problem {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string; requestId?: string; retryAfterMs?: number };
}

export interface Answer<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: readonly Problem[];
}

const finalCodes = new Set([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "QUERY_TOO_DEEP",
  "QUERY_TOO_COMPLEX",
]);

/** The API refused a whole request, or a field of it failed. */
export class Refusal extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join("; "));
  }

  /** Whether the same request would be refused again: who calls, or what is asked, has to change first. */
  get isFinal(): boolean {
    return finalCodes.has(this.extensions?.code ?? "");
  }

  /** How long the server wants to be left alone. */
  get retryAfterMs(): number {
    return this.extensions?.retryAfterMs ?? 0;
  }

  private get extensions(): Problem["extensions"] {
    return this.problems[0]?.extensions;
  }
}

/** The API did not answer, or something between answered for it. */
export class Unreachable extends Error {}

/** The data of an answer without errors. */
export function dataOf<Data>(answer: Answer<Data>): Data {
  if (answer.errors?.length) throw new Refusal(answer.errors);
  if (!answer.data) throw new Unreachable("the answer holds no data");
  return answer.data;
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
