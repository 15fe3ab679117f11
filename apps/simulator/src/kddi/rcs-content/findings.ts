import { badRequest, type Refusal, refusalCodes } from "../refusal.ts";

/** What a reader of a body found: the first fault, which is the answer, and everything tolerated but not as it should be. */
export interface Findings {
  /** Absent = the body is right. */
  readonly refusal: () => Refusal | undefined;
  /** Strict mode refuses each of them. */
  readonly deviations: string[];
  /** Keeps the first fault; the ones after it are often only its consequences. */
  refuse(text: string, code?: number): void;
  deviate(text: string): void;
}

export function createFindings(deviations: string[] = []): Findings {
  let refusal: Refusal | undefined;
  return {
    refusal: () => refusal,
    deviations,
    refuse(text, code = refusalCodes.unlisted) {
      refusal ??= badRequest(text, code);
    },
    deviate: (text) => void deviations.push(text),
  };
}
