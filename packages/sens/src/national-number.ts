/** Korea's country code; the `countryCode` of everything this package sends. */
export const countryCode = "82";

/** The `to` of a request: the national number, digits only (protocol notes §5.1). `+821012345678` → `01012345678` */
export function nationalNumber(recipient: string): string {
  return `0${recipient.replace(/^\+82/, "")}`;
}

/** A `to` of an answer in the same form, however it is written there. */
export function asNationalNumber(to: string): string {
  return `0${to
    .replaceAll(/\D/g, "")
    .replace(/^(?:0082|82)(?=0?1)/, "")
    .replace(/^0/, "")}`;
}
