import { type Button, type ButtonLink, buttonKinds } from "./buttons.ts";
import type { AlimtalkContent } from "./content-schema.ts";
import { inOrder, type SensTemplate } from "./template.ts";

/**
 * A content that says exactly what a template says, with its variables, its title and its buttons, and carries the template for comparison.
 * `choice` adds the failover or a reservation, or replaces texts, e.g. to fix a variable's value for a whole campaign.
 */
export function contentFromTemplate(
  template: SensTemplate,
  choice: Partial<Omit<AlimtalkContent, "templateCode" | "template">> = {},
): AlimtalkContent {
  const buttons = inOrder(template.buttons ?? []).map(({ type, name, ...links }) => {
    const kind = Object.hasOwn(buttonKinds, type) ? buttonKinds[type as Button["type"]] : { links: [] };
    const own = (kind.links as readonly ButtonLink[]).map((link) => [link, links[link] ?? ""]);
    return { type, name, ...Object.fromEntries(own) } as NonNullable<AlimtalkContent["buttons"]>[number];
  });
  return {
    templateCode: template.templateCode,
    text: template.content,
    ...(template.emphasizeType === "TEXT" && template.emphasizeTitle ? { title: template.emphasizeTitle } : {}),
    ...(buttons.length === 0 ? {} : { buttons }),
    failover: false,
    ...choice,
    template,
  };
}
