import * as z from "zod";

/** Headers of a request that must be repeatable. Quotes around the key, as the IETF draft has them, are not part of it. */
export const idempotencyHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x20-\x7e]{1,202}$/, "1 to 200 printable ASCII characters")
    .transform((value) => /^"(.+)"$/.exec(value)?.[1] ?? value)
    .describe("A name of your own, 1 to 200 printable characters. The same request with the same key happens once."),
});
