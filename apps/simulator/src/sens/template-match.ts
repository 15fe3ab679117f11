import type { Entry } from "./messages.ts";
import type { Template } from "./options.ts";

/** The code with which the delivery fails because a message is not as approved, or undefined (protocol notes §9.5, §16). */
export function mismatchCode(
  message: Pick<Entry, "content" | "title" | "buttons">,
  template: Template,
): "3016" | "3027" | "3028" | undefined {
  if (!fits(message.content, template.content)) return "3016";
  const approved = [...template.buttons].sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  const sameButtons =
    approved.length === message.buttons.length &&
    approved.every((wanted, index) => {
      const sent = message.buttons[index];
      if (sent === undefined || sent.type !== wanted.type || sent.name !== wanted.name) return false;
      const links = ["linkMobile", "linkPc", "schemeIos", "schemeAndroid"] as const;
      return links.every((link) => wanted[link] === undefined || fits(sent[link] ?? "", wanted[link]));
    });
  if (!sameButtons) return "3027";
  if (template.emphasizeType !== "TEXT") return message.title === undefined ? undefined : "3028";
  return fits(message.title ?? "", template.emphasizeTitle ?? "") ? undefined : "3028";
}

/** The code of a message that Kakao would not show whole, or undefined (protocol notes §9.4, §13.2). */
export function lengthCode(
  message: Pick<Entry, "content" | "title" | "headerContent" | "summaryDescription">,
): "3014" | "3029" | "3032" | "3039" | undefined {
  const isOver = (text: string | undefined, most: number) => text !== undefined && [...text].length > most;
  if (isOver(message.content, 1_000)) return "3014";
  if (isOver(message.title, 50)) return "3029";
  if (isOver(message.headerContent, 16)) return "3032";
  return isOver(message.summaryDescription, 14) ? "3039" : undefined;
}

/** Line breaks as LF, each `#{…}` anything or nothing, anchored at both ends, nothing trimmed. */
function fits(text: string, template: string): boolean {
  const lf = (value: string) => value.replaceAll(/\r\n?/g, "\n");
  const pieces = lf(template)
    .split(/#\{[^{}]+\}/u)
    .map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join("[\\s\\S]*?")}$`, "u").test(lf(text));
}
