/**
 * A number as it may stand in logs and on screens: `+819012345678` → `+8190****5678`. Anything shorter than a full
 * E.164 mobile number shows its last two characters only, so that no mask gives the number away.
 */
export function maskNumber(number: string): string {
  if (number.length >= 13) return `${number.slice(0, 5)}****${number.slice(-4)}`;
  return number.length >= 8 ? `****${number.slice(-2)}` : "****";
}
