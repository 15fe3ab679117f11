import { z } from "zod";
import { type Refusal, sensError } from "./refusal.ts";

/** A text that isn't set where it is empty: clients fill in all they know. */
export const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === "" ? undefined : value));

/** A 400 that names each field and what is wrong with it. */
export function badFields({ issues }: z.core.$ZodError): Refusal {
  return sensError(400, ...issues.map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`));
}
