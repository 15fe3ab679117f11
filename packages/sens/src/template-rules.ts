import type { TemplateButtonFacts, TemplateFacts, TemplateRules } from "@hikyaku/core";
import { type ButtonLink, buttonKinds, buttonLinks } from "./buttons.ts";
import { channelFaults, channelMeans, hasFailover, readChannel } from "./channels.ts";
import { contentFromTemplate } from "./content-from-template.ts";
import { isObject } from "./json.ts";
import { lintTemplate } from "./lint-template.ts";
import { inOrder, readTemplate, type SensTemplate, type TemplateButton } from "./template.ts";
import { templateChanges } from "./template-changes.ts";
import { readTemplateDraft } from "./template-draft.ts";
import { variablesIn } from "./template-pattern.ts";
import { inspectionStateOf, templateActionFault, templateFaults } from "./template-states.ts";

/** What the rest of the system needs to know of AlimTalk's templates and channels. */
export const templateRules: TemplateRules = {
  templateFacts(value) {
    const template = readTemplate(value);
    return template === undefined ? null : factsOf(template);
  },
  channelFacts(value) {
    const channel = readChannel(value);
    if (channel === undefined) return null;
    const { channelId: id, channelName: name, channelStatus: state, failoverTelNo: failoverNumber } = channel;
    return {
      ...{ id, name, state, means: channelMeans(channel), faults: channelFaults(channel, false) },
      ...{ hasFailover: hasFailover(channel), failoverNumber },
    };
  },
  lint(value, others) {
    const draft = readTemplateDraft(value);
    if ("issues" in draft) return draft.issues;
    const known = others.map(readTemplate).filter((other) => other !== undefined);
    return [...draft.slips, ...lintTemplate(draft.template, known)];
  },
  changes(before, after) {
    const [one, other] = [readTemplate(before), readTemplate(after)];
    if (one === undefined || other === undefined) return [];
    // Its state says nothing of what is sent, and is told by itself.
    return templateChanges(one, other).filter(
      ({ field }) => field !== "templateInspectionStatus" && field !== "templateStatus",
    );
  },
  usedBy(content) {
    if (!isObject(content) || typeof content.templateCode !== "string") return null;
    return { code: content.templateCode, copy: readTemplate(content.template) ?? null };
  },
  withCopy: (content, template) => ({ ...content, template: readTemplate(template) }),
  contentFrom(value) {
    const template = readTemplate(value);
    if (template === undefined) throw new TypeError("what is given is no template");
    return contentFromTemplate(template);
  },
};

function factsOf(template: SensTemplate): TemplateFacts {
  const { templateCode, templateName, channelId, templateInspectionStatus, content, buttons = [], comments } = template;
  const texts = [content, template.emphasizeTitle ?? "", ...buttons.flatMap(linksOf)];
  const [sendFault = null] = templateFaults(template);
  return {
    code: templateCode,
    name: templateName ?? null,
    channel: channelId ?? null,
    state: templateInspectionStatus ?? "",
    means: inspectionStateOf(templateInspectionStatus)?.means ?? "unknown",
    text: content,
    variables: [...new Set(texts.flatMap(variablesIn))],
    buttons: inOrder(buttons).map(buttonFacts),
    actions: {
      send: sendFault,
      edit: templateActionFault(template, "edit"),
      delete: templateActionFault(template, "delete"),
      inquire: templateActionFault(template, "inquire"),
    },
    comments: (comments ?? []).flatMap(({ content: said, createTime }) =>
      said ? [createTime ? `${createTime} by the carrier's clock: ${said}` : said] : [],
    ),
  };
}

function buttonFacts(button: TemplateButton): TemplateButtonFacts {
  const { type, name } = button;
  const means = Object.hasOwn(buttonKinds, type) ? buttonKinds[type as keyof typeof buttonKinds].means : "unknown";
  return { type, means, name, links: [...new Set(linksOf(button))] };
}

function linksOf(button: TemplateButton): string[] {
  return buttonLinks.flatMap((link: ButtonLink) => (button[link] ? [button[link]] : []));
}
