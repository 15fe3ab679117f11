import { InvalidRequestError } from "../errors/request-errors.ts";

/** Until when a message may be sent: a moment, a length of time, or neither (no end). */
export interface Validity {
  validUntil?: Date | undefined;
  /** Milliseconds. */
  validFor?: number | undefined;
}

/** The moment, for a validity that begins at `from`. @throws InvalidRequestError when it has passed or both are given */
export function validUntil({ validUntil, validFor }: Validity, from: Date): Date | null {
  if (validFor !== undefined) return new Date(from.getTime() + validFor);
  if (validUntil === undefined) return null;
  if (validUntil <= from) {
    throw new InvalidRequestError([
      {
        path: "validUntil",
        message: `${validUntil.toISOString()} has passed, or comes before the start; give a later one`,
      },
    ]);
  }
  return validUntil;
}

/** @throws InvalidRequestError when both are given */
export function oneValidity(validity: Validity): void {
  if (validity.validFor === undefined || validity.validUntil === undefined) return;
  throw new InvalidRequestError([{ path: "validFor", message: "validUntil is given too; leave one of them out" }]);
}
