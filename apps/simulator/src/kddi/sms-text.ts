/**
 * `smsTextEnc` read from the guide's samples: standard base64 of UTF-16 big-endian without a byte order mark (protocol
 * notes §5.1). Written apart from the product's encoder, so that a fault there cannot hide here.
 */
export type DecodedText = { readonly text: string } | { readonly fault: string };

export function decodeSmsTextEnc(encoded: string, maxUnits: number): DecodedText {
  const bytes = Buffer.from(encoded, "base64");
  // Buffer forgives other alphabets, line breaks and missing padding; encoding again shows all of them.
  if (bytes.toString("base64") !== encoded) return { fault: "is not standard base64 on one line with padding" };
  if (bytes.length % 2 !== 0) return { fault: "holds an odd number of bytes, so it is not UTF-16" };
  if (bytes.length / 2 > maxUnits) return { fault: `is longer than ${maxUnits} UTF-16 units` };
  const units: number[] = new Array(bytes.length / 2);
  for (let index = 0; index < units.length; index++) {
    units[index] = ((bytes[2 * index] as number) << 8) | (bytes[2 * index + 1] as number);
  }
  return { text: String.fromCharCode(...units) };
}

/** The guide's own sample has CRLF in `smsText` and LF in `smsTextEnc`, and was accepted. */
export function differOnlyByCarriageReturn(plain: string, decoded: string): boolean {
  return (
    plain === decoded ||
    plain.replaceAll("\r", "") === decoded.replaceAll("\r", "") ||
    withLineFeeds(plain) === withLineFeeds(decoded)
  );
}

/** Parts of a long SMS, counted in UTF-16 code units (protocol notes §5.2). */
export function countParts(units: number, sizes: { readonly single: number; readonly multi: number }): number {
  if (units === 0) return 0;
  return units <= sizes.single ? 1 : Math.ceil(units / sizes.multi);
}

function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
