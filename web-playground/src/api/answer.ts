/** What the API answers, and what goes wrong. */

export interface Problem {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string; requestId?: string } & Record<string, unknown>;
}

export interface Answer<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: readonly Problem[];
}

/** The API refused a whole request, or a field of it failed. */
export class Refusal extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join("; "));
  }

  get code(): string | undefined {
    return this.problems[0]?.extensions?.code;
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
