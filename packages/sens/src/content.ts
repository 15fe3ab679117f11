import type { ContentIssue, PreparedContent, RenderedMessage } from "@hikyaku/core";
import type { Button } from "./buttons.ts";
import { type AlimtalkContent, contentSchema, shapeIssues } from "./content-schema.ts";
import { type FailoverConfig, readSmsText } from "./failover.ts";
import { lintMessage } from "./lint-message.ts";
import { matchTemplate } from "./match-template.ts";
import { alimtalk, type FinishedMessage, previewOf } from "./message.ts";
import { cancellableUntil, type Reserve, reservedAt, reserveFault } from "./reserve-time.ts";
import type { SensPublicSettings } from "./route-config.ts";
import { withLf } from "./template-pattern.ts";
import { templateFaults } from "./template-states.ts";
import { compileTexts } from "./text-fields.ts";
import { visibleTexts } from "./visible-texts.ts";

/** What `send` takes: one recipient's finished message, all of whose texts are normalised. */
export interface AlimtalkPayload {
  templateCode: string;
  reserve?: Reserve | undefined;
  message: FinishedMessage;
  /** null: `useSmsFailover` false. */
  failover: FailoverConfig | null;
}

type Texts = FinishedMessage & { failover: AlimtalkContent["failover"] };

/** Keys whose texts are words of the protocol, never templates. */
const keptKeys = ["type", "from"];

/**
 * Stands for a value while a content is checked before its values are known. One character, since a value is never blank; a digit, since
 * one may stand anywhere a value may.
 */
const anyValue = "0";

/**
 * Checks an AlimTalk content and compiles its texts. What the values decide (lengths, characters, the match with the template) is checked
 * again for each recipient; what no value can mend is refused here.
 */
export function prepareAlimtalkContent(
  content: unknown,
  settings: SensPublicSettings,
): PreparedContent | { issues: ContentIssue[] } {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) return { issues: parsed.error.issues.flatMap(shapeIssues) };
  const { templateCode, reserve, template, ...texts } = parsed.data;
  const compiled = compileTexts<Texts>(texts, "content", keptKeys);
  const issues = [...senderIssues(texts.failover, settings), ...templateIssues(parsed.data)];
  if ("issues" in compiled) return { issues: [...issues, ...compiled.issues] };

  const hasVariables = compiled.variables.length > 0;
  const sample = compiled.render(compiled.variables.map(() => anyValue));
  if ("issues" in sample) return { issues: [...issues, ...sample.issues] };
  const found = finish(sample, settings).issues;
  issues.push(...(hasVariables ? found.filter((issue) => !dependsOnValue(issue, texts)) : found));
  if (template !== undefined) {
    const impossible = matchTemplate(texts, template, hasVariables);
    issues.push(...impossible);
    // It could match, if the values held the template's own words: more likely a slip than meant.
    if (impossible.length === 0) issues.push(...matchTemplate(sample, template).map(asWarning));
  }
  if (issues.some(({ level }) => level === "error")) return { issues };

  return {
    content: parsed.data,
    variables: compiled.variables,
    visibleTexts: visibleTexts(texts, smsOf(texts)),
    warnings: issues,
    requestKey: requestKeyOf({ templateCode, reserve }),
    // With failover the carrier may send an SMS in its place.
    channel: texts.failover === false ? alimtalk : null,
    isFollowedByCarrier: texts.failover !== false,
    reservedAt: reserve === undefined ? null : reservedAt(reserve),
    cancellableUntil: reserve === undefined ? null : cancellableUntil(reservedAt(reserve)),
    reserveFault: (at) => (reserve === undefined ? null : reserveIssue(reserve, at)),
    render(values): RenderedMessage | { issues: ContentIssue[] } {
      const rendered = compiled.render(values);
      if ("issues" in rendered) return rendered;
      const { message, failover, issues: warnings } = finish(rendered, settings);
      const all = template === undefined ? warnings : [...warnings, ...matchTemplate(message, template)];
      if (all.some(({ level }) => level === "error")) return { issues: all };
      const payload: AlimtalkPayload = { templateCode, reserve, message, failover };
      const sms = failover && { subject: failover.subject, text: failover.content };
      return {
        ...{ payload, segments: 1, preview: previewOf(message), warnings: all },
        visibleTexts: visibleTexts(message, sms),
      };
    },
  };
}

/** What all messages of one request have in common (protocol notes §5.1); the channel is the route's. */
export function requestKeyOf({ templateCode, reserve }: Pick<AlimtalkPayload, "templateCode" | "reserve">): string {
  return JSON.stringify([templateCode, reserve ?? null]);
}

function reserveIssue(reserve: Reserve, at: Date): ContentIssue | null {
  const message = reserveFault(reserve, at);
  return message === null ? null : { path: "content.reserve.time", level: "error", code: "reserve-time", message };
}

/** The SMS as it was written; null when none is to follow. */
function smsOf({ text, failover }: Texts): { subject?: string | undefined; text: string } | null {
  if (failover === false) return null;
  return failover === true ? { text } : { subject: failover.subject, text: failover.text ?? text };
}

/** Normalises a finished message, lints it and makes its failover. */
function finish(
  { failover, ...texts }: Texts,
  settings: SensPublicSettings,
): { message: FinishedMessage; failover: FailoverConfig | null; issues: ContentIssue[] } {
  const message: FinishedMessage = {
    ...texts,
    text: withLf(texts.text),
    buttons: texts.buttons as Button[] | undefined,
  };
  const issues = lintMessage(message);
  if (failover === false) return { message, failover: null, issues };
  const own = failover === true ? {} : failover;
  const sms = readSmsText({ ...own, text: own.text ?? message.text }, "content.failover");
  if ("issues" in sms) return { message, failover: null, issues: [...issues, ...sms.issues.map(asOwnText)] };
  const from = own.from ?? settings.smsNumber;
  const config: FailoverConfig = {
    type: sms.type,
    ...(from === undefined ? {} : { from }),
    ...(sms.subject === undefined ? {} : { subject: sms.subject }),
    content: sms.text,
  };
  return { message, failover: config, issues };

  function asOwnText(issue: ContentIssue): ContentIssue {
    const isTakenOver = own.text === undefined && issue.path === "content.failover.text";
    return isTakenOver
      ? { ...issue, message: `the SMS would carry the AlimTalk's text: ${issue.message}, or give failover.text` }
      : issue;
  }
}

/** A link that is all variable gets its scheme from its value; what the sample value says of it says nothing. */
function dependsOnValue(issue: ContentIssue, texts: Texts): boolean {
  if (issue.code !== "link-scheme") return false;
  const [, index = "", link = ""] = /^content\.buttons\[(\d+)\]\.(\w+)$/.exec(issue.path) ?? [];
  const button: Record<string, string | undefined> = { ...texts.buttons?.[Number(index)] };
  return button[link]?.startsWith("#{") === true;
}

function senderIssues(failover: AlimtalkContent["failover"], settings: SensPublicSettings): ContentIssue[] {
  const from = typeof failover === "object" ? failover.from : undefined;
  const numbers = [...(settings.smsNumber === undefined ? [] : [settings.smsNumber]), ...settings.smsNumbers];
  if (from === undefined || numbers.includes(from)) return [];
  const known =
    numbers.length === 0 ? "add it to smsNumbers" : `use one of ${numbers.join(", ")}, or add it to smsNumbers`;
  const message = `${from} is not a sender number of this route; ${known}`;
  return [{ path: "content.failover.from", level: "error", code: "sender-not-allowed", message }];
}

function templateIssues({ template, templateCode }: AlimtalkContent): ContentIssue[] {
  if (template === undefined) return [];
  const issue = (code: string, message: string): ContentIssue => ({
    path: "content.template",
    level: "error",
    code,
    message,
  });
  const faults = templateFaults(template).map((message) => issue("template-not-usable", message));
  if (template.templateCode === templateCode) return faults;
  return [
    ...faults,
    issue("template-mismatch", `is template ${template.templateCode}, not ${templateCode}; name one of them`),
  ];
}

function asWarning(issue: ContentIssue): ContentIssue {
  return { ...issue, level: "warning", message: `${issue.message}; only some values, if any, will make it so` };
}
