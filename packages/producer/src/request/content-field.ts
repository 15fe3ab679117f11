import { InvalidRequestError } from "../errors/request-errors.ts";

/** The content as the carrier's rules take it. `text` alone is the short form of `{ content: { text } }`. */
export function contentOf({ text, content }: { text?: string | undefined; content?: unknown }): unknown {
  if (content !== undefined && text !== undefined) {
    throw new InvalidRequestError([{ path: "text", message: "content is given too; leave one of them out" }]);
  }
  if (content === undefined && text === undefined) {
    throw new InvalidRequestError([{ path: "content", message: 'missing; give content: { text: "…" }' }]);
  }
  return content ?? { text };
}
