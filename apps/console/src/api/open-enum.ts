import * as z from "zod";

/**
 * Of an answer: these words, and those that a newer version may have written by the time this one reads them (a rolling upgrade). Words that
 * come with versions are told like this; who reads them passes over what it does not know.
 */
export function openEnum<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.union([z.enum(words), z.string()]);
}
