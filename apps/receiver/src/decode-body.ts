/**
 * A notification's bytes as text. What can be read as UTF-8 is UTF-8, whatever the content type says: senders get that wrong
 * more often than the body. Else it is what the content type names, else Shift_JIS, which Japanese systems send without
 * saying so. What is none of them is kept all the same, with U+FFFD where it breaks off.
 */
export function decodeBody(bytes: Uint8Array, contentType: string | null): string {
  const named = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? "")?.[1];
  const [first, second] = bytes;
  const isUtf16 = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
  const encodings = ["utf-8", ...(isUtf16 ? [first === 0xfe ? "utf-16be" : "utf-16le"] : []), named, "shift_jis"];
  for (const encoding of encodings) {
    const text = encoding === undefined ? null : decode(bytes, encoding);
    if (text !== null) return text;
  }
  return new TextDecoder().decode(bytes);
}

/** Null when the bytes are not of this encoding, or nobody knows it. */
function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
