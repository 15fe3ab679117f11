import type { MessageReference } from "@hikyaku/core";

/**
 * Stands for the message's reference in a rendered content: no character, so no text of a person holds it (one that does is refused). The
 * client puts the reference in its place when it sends, because a message has its id only then.
 */
export const referenceMark = "\uffff";

/** How an author asks for the reference, in a button's data or a URL. */
export const referenceVariable = "_ref";

/** Characters of a reference: the version, a dot, 16 bytes in base64url. */
export const referenceLength = 26;

const pattern = /(?<![A-Za-z0-9_-])hk1\.([A-Za-z0-9_-]{22})(?:\.([a-z0-9-]{1,40}))?(?![A-Za-z0-9_-])/;

/**
 * A message's id (a UUID) as 26 characters that need no escape in JSON or in a URL, and that the receiver finds inside other data. The
 * number names the recipient's message, and through it campaign and recipient.
 */
export function createReference(messageId: string): string {
  return `hk1.${Buffer.from(messageId.replaceAll("-", ""), "hex").toString("base64url")}`;
}

/** The reference in a button's data, wherever in it the author put it; null when there is none. */
export function readReference(data: string): MessageReference | null {
  const [, encoded = "", button] = pattern.exec(data) ?? [];
  const bytes = Buffer.from(encoded, "base64url");
  // The last of 22 characters has four bits to spare: another spelling of the same id is not ours.
  if (bytes.length !== 16 || bytes.toString("base64url") !== encoded) return null;
  const messageId = bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { messageId, button: button ?? null };
}
