import { type ContentIssue, parseTemplate } from "@hikyaku/core";
import {
  addChannelName,
  type ButtonLink,
  buttonKinds,
  isWebLink,
  maxButtonName,
  maxButtons,
  maxLink,
} from "./buttons.ts";
import { countCharacters, longest } from "./lint-message.ts";
import { inOrder, type SensTemplate, type TemplateButton } from "./template.ts";
import { variablesIn } from "./template-pattern.ts";

/** Registration rules that are numbers (protocol notes §9.3, §9.4). Lengths of code and name are not given for SENS and taken from Kakao. */
export const registrationLimits = {
  code: 30,
  name: 150,
  variables: 30,
  emphasize: longest.title,
  text: longest.text,
} as const;

/** Kakao's own limit of a button's name, shorter than that of SENS. */
const kakaoButtonName = 14;

/** Basic, extra information, channel add, mixed. */
const messageTypes = ["BA", "EX", "AD", "MI"];

/**
 * What the console or Kakao's inspector would find wrong with a template, before two to three days are spent on finding out (guide,
 * templates; protocol notes §9.3). Paths begin with `template`.
 *
 * @param others the channel's other templates: code and name must be free.
 */
export function lintTemplate(template: SensTemplate, others: readonly SensTemplate[] = []): ContentIssue[] {
  const issues: ContentIssue[] = [];
  const add: AddIssue = (path, code, message, level = "error") =>
    issues.push({ path: `template.${path}`, level, code, message });

  lintIdentity(template, others, add);
  const parts: [path: string, text: string | undefined, most: number, isNeeded: boolean][] = [
    ["content", template.content, registrationLimits.text, true],
    ["extraContent", template.extraContent, registrationLimits.text, /^(?:EX|MI)$/.test(template.messageType ?? "")],
    ["emphasizeTitle", template.emphasizeTitle, registrationLimits.emphasize, template.emphasizeType === "TEXT"],
    ["emphasizeSubTitle", template.emphasizeSubTitle, registrationLimits.emphasize, template.emphasizeType === "TEXT"],
  ];
  for (const [path, text, most, isNeeded] of parts) {
    if (text === undefined || text.trim() === "") {
      if (isNeeded) add(path, "blank", "is empty; this kind of template needs it");
      continue;
    }
    lintText(path, text, most, add);
  }
  lintLengthOfAll(template, add);
  const { messageType, buttons = [] } = template;
  if (messageType !== undefined && !messageTypes.includes(messageType)) {
    add("messageType", "unknown", `expected one of ${messageTypes.join(", ")}`);
  }
  lintButtons(inOrder(buttons), messageType, add);
  const texts = [
    template.content,
    template.emphasizeTitle,
    ...buttons.flatMap((button) => linksOf(button).map(([, link]) => link)),
  ];
  const count = new Set(texts.flatMap((text) => variablesIn(text ?? ""))).size;
  if (count > registrationLimits.variables) {
    add("content", "too-many-variables", `${count} variables, a template may have ${registrationLimits.variables}`);
  }
  return issues;
}

type AddIssue = (path: string, code: string, message: string, level?: ContentIssue["level"]) => void;

function lintIdentity(
  { templateCode, templateName }: SensTemplate,
  others: readonly SensTemplate[],
  add: AddIssue,
): void {
  if (!/^[A-Za-z0-9_-]{1,30}$/.test(templateCode)) {
    add("templateCode", "wrong-code", `write 1 to ${registrationLimits.code} letters, digits, - or _`);
  }
  if (others.some((other) => other.templateCode === templateCode)) {
    add("templateCode", "not-unique", `the channel has a template ${templateCode} already; choose another code`);
  }
  const name = templateName?.trim() ?? "";
  if (name === "") add("templateName", "blank", "give the template a name");
  if (countCharacters(name) > registrationLimits.name) {
    add("templateName", "too-long", `${countCharacters(name)} characters, the maximum is ${registrationLimits.name}`);
  }
  const twin = others.find((other) => other.templateName?.trim() === name && name !== "");
  if (twin !== undefined)
    add("templateName", "not-unique", `template ${twin.templateCode} has this name already; choose another`);
}

function lintText(path: string, text: string, most: number, add: AddIssue): void {
  const parsed = parseTemplate(text);
  if (!parsed.ok) for (const { code, message } of parsed.faults) add(path, code, message);
  const count = countCharacters(text);
  if (count > most) add(path, "too-long", `${count} characters, the maximum is ${most}; shorten it by ${count - most}`);
}

/** Body and extra information share one maximum, and the sentence that adds a channel takes its part of it. */
function lintLengthOfAll({ content, extraContent, messageType }: SensTemplate, add: AddIssue): void {
  const all = countCharacters(content) + countCharacters(extraContent ?? "");
  if (all > registrationLimits.text && extraContent) {
    add(
      "extraContent",
      "too-long",
      `${all} characters together with the text, the maximum is ${registrationLimits.text}`,
    );
  }
  if (/^(?:AD|MI)$/.test(messageType ?? "") && all > longest.textWithAddChannel && all <= registrationLimits.text) {
    const what = `beside the sentence that adds the channel there may be room for only ${longest.textWithAddChannel} characters`;
    add("content", "long-with-add-channel", what, "warning");
  }
}

function lintButtons(buttons: readonly TemplateButton[], messageType: string | undefined, add: AddIssue): void {
  if (buttons.length > maxButtons)
    add("buttons", "too-many", `${buttons.length} buttons, a template may have ${maxButtons}`);
  for (const [index, button] of buttons.entries()) {
    const path = `buttons[${index}]`;
    const kind = Object.hasOwn(buttonKinds, button.type)
      ? buttonKinds[button.type as keyof typeof buttonKinds]
      : undefined;
    if (kind === undefined) {
      add(`${path}.type`, "unknown", `expected one of ${Object.keys(buttonKinds).join(", ")}`);
      continue;
    }
    const name = countCharacters(button.name);
    if (button.name.trim() === "") add(`${path}.name`, "blank", "give the button a name");
    if (name > maxButtonName) add(`${path}.name`, "too-long", `${name} characters, the maximum is ${maxButtonName}`);
    else if (name > kakaoButtonName && button.type !== "AC") {
      add(`${path}.name`, "long", `${name} characters; Kakao itself names a maximum of ${kakaoButtonName}`, "warning");
    }
    if (button.name.includes("#{")) add(`${path}.name`, "variable", "a button's name may hold no variable");
    if (button.type === "AC") {
      if (button.name !== addChannelName) add(`${path}.name`, "fixed", `must be ${addChannelName}`);
      if (index > 0) add(`${path}.type`, "not-first", "the button that adds the channel must be the first");
      if (messageType !== "AD" && messageType !== "MI") {
        add(`${path}.type`, "wrong-message-type", "a button that adds the channel needs message type AD or MI");
      }
    }
    for (const [link, address] of linksOf(button)) {
      if (address === undefined || address === "") {
        add(`${path}.${link}`, "blank", `${button.type} (${kind.means}) needs ${link}`);
        continue;
      }
      lintText(`${path}.${link}`, address, maxLink, add);
      if (button.type === "WL" && !isWebLink(address.replaceAll(/#\{[^{}]+\}/gu, "0"))) {
        const mend = address.startsWith("#{") ? `; write https://${address}` : "";
        add(`${path}.${link}`, "link-scheme", `must begin with http:// or https://, also before a variable${mend}`);
      }
    }
  }
}

function linksOf(button: TemplateButton): [ButtonLink, string | undefined][] {
  const kind = Object.hasOwn(buttonKinds, button.type)
    ? buttonKinds[button.type as keyof typeof buttonKinds]
    : undefined;
  return ((kind?.links ?? []) as readonly ButtonLink[]).map((link) => [link, button[link]]);
}
