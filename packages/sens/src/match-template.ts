import type { ContentIssue } from "@hikyaku/core";
import { type Button, type ButtonLink, buttonLinks } from "./buttons.ts";
import { inOrder, type SensTemplate, type TemplateButton } from "./template.ts";
import { canMatchTemplate, matchesTemplate, missingPiece } from "./template-pattern.ts";

/** What of a content or of a finished message is compared with its template. */
export interface Matched {
  text: string;
  title?: string | undefined;
  buttons?: readonly Button[] | undefined;
}

/**
 * Where a message differs from its template (protocol notes §9.5); empty when it is as approved. A difference of a single character makes
 * the delivery fail (3016, 3027, 3028), so it is refused before anything is sent. The reasons quote the template, never the message.
 *
 * @param hasVariables true for a content whose values are not known yet: refused is what no values can mend.
 */
export function matchTemplate(message: Matched, template: SensTemplate, hasVariables = false): ContentIssue[] {
  const agrees = hasVariables ? canMatchTemplate : matchesTemplate;
  const code = template.templateCode;
  const issues: ContentIssue[] = [];
  const differs = (path: string, what: string) =>
    issues.push({ path, level: "error", code: "template-mismatch", message: `${what} (template ${code})` });

  // Whether the extra information of EX and MI templates is part of the sent text is not documented, so both are taken.
  const texts = [template.content, ...(template.extraContent ? [`${template.content}\n${template.extraContent}`] : [])];
  if (!texts.some((text) => agrees(message.text, text))) {
    const piece = missingPiece(message.text, template.content);
    differs("content.text", `the text is not the approved one; compare it around ${quoted(piece)}`);
  }
  differentTitle(message.title, template, agrees).forEach((what) => void differs("content.title", what));
  for (const { path, what } of differentButtons(message.buttons ?? [], template.buttons ?? [], agrees)) {
    differs(`content.buttons${path}`, what);
  }
  return issues;
}

type Agrees = (written: string, approved: string) => boolean;

function differentTitle(title: string | undefined, template: SensTemplate, agrees: Agrees): string[] {
  if (template.emphasizeType === undefined) return [];
  if (template.emphasizeType !== "TEXT") {
    return title === undefined ? [] : ["the template has no emphasized title; remove title"];
  }
  const approved = template.emphasizeTitle;
  if (title === undefined) {
    return [approved === undefined ? "the template emphasizes a title; add it" : `add the title ${quoted(approved)}`];
  }
  if (approved === undefined || agrees(title, approved)) return [];
  return [`the title is not the approved one, ${quoted(approved)}`];
}

function differentButtons(buttons: readonly Button[], approvedButtons: readonly TemplateButton[], agrees: Agrees) {
  const approved = inOrder(approvedButtons);
  if (buttons.length !== approved.length) {
    const names = approved.map(({ type, name }) => `${type} ${quoted(name)}`).join(", ");
    return [{ path: "", what: approved.length === 0 ? "the template has no buttons" : `the buttons must be ${names}` }];
  }
  return buttons.flatMap((button, index) => {
    const wanted = approved[index];
    if (wanted === undefined) return [];
    const path = `[${index}]`;
    if (button.type !== wanted.type) return [{ path: `${path}.type`, what: `this button must be ${wanted.type}` }];
    const differences = [];
    if (!agrees(button.name, wanted.name)) {
      differences.push({ path: `${path}.name`, what: `this button must be called ${quoted(wanted.name)}` });
    }
    for (const link of buttonLinks) {
      const approvedLink = linkOf(wanted, link);
      // A link that the template does not have is not compared: the carrier's answers leave some out.
      if (approvedLink === undefined || agrees(linkOf(button, link) ?? "", approvedLink)) continue;
      differences.push({ path: `${path}.${link}`, what: `the link must be ${quoted(approvedLink)}` });
    }
    return differences;
  });
}

function linkOf(button: Partial<Record<ButtonLink, string | undefined>>, link: ButtonLink): string | undefined {
  return button[link] === "" ? undefined : button[link];
}

function quoted(text: string): string {
  const line = text.replaceAll("\n", "⏎");
  return `“${line.length > 60 ? `${line.slice(0, 60)}…` : line}”`;
}
