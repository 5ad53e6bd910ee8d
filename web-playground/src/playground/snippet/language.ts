/** The languages an operation can be copied as. */
import type { Call } from "./call";
import { curl } from "./curl";
import { python } from "./python";
import { rust } from "./rust";
import { typescript } from "./typescript";

export interface Language {
  name: string;
  write: (call: Call) => string;
}

export const languages: readonly Language[] = [
  { name: "curl", write: curl },
  { name: "TypeScript", write: typescript },
  { name: "Rust", write: rust },
  { name: "Python", write: python },
];
