import { type ContentIssue, type PreparedContent, parseDuration, type RenderedMessage } from "@hikyaku/core";
import { previewOf } from "../preview.ts";
import { limitsFor } from "../rcs-settings.ts";
import type { KddiPublicSettings } from "../route-config.ts";
import { authoredToWire } from "./authored-to-wire.ts";
import { createBuild, renderNode, type WireNode } from "./build.ts";
import { buildMessage, whenOff } from "./build-message.ts";
import { contentSchema } from "./content-schema.ts";
import type { RenderValues } from "./field.ts";
import type { PlusPayload } from "./payload.ts";
import { notedPlace, samePlace } from "./place.ts";
import { readableText } from "./readable-text.ts";
import { shapeIssues } from "./shape-issues.ts";
import { type AuthoredSms, type CompiledSms, compileSms } from "./sms-part.ts";
import { type ContentParts, splitParts } from "./split-parts.ts";
import { textsByPart, textsOfPreview, type VisibleText } from "./visible-text.ts";

type Issues = { issues: ContentIssue[] };

/** Checks a content and compiles it. All faults of all parts are reported at once, each by the path the author knows. */
export function prepareContent(content: unknown, settings: KddiPublicSettings): PreparedContent | Issues {
  const compiled = compile(content, settings);
  if ("issues" in compiled) return compiled;
  const { parts, sms, plus, warnings, visible } = compiled;
  const common = { content: parts.content, warnings, visibleTexts: textsByPart(visible) };
  if (plus === null) {
    // A content of no part at all was refused: without +Message there is an SMS.
    if (sms === null) throw new TypeError("a content without a part was taken for a right one");
    return { ...common, variables: sms.variables, channel: "sms", fallback: null, render: sms.render };
  }

  const variables = [...new Set([...plus.variables, ...(sms?.variables ?? [])])];
  return {
    ...common,
    variables,
    channel: parts.mode === "1" ? "rcs" : null,
    fallback: sms === null || parts.sms === null ? null : standAlone(sms, parts.sms, variables),
    render(values): RenderedMessage | Issues {
      const named = byName(variables, values);
      const plain = sms === null || parts.mode === "1" ? null : sms.render(named.plain);
      const rcs = plus.render(named);
      const smsIssues = plain !== null && "issues" in plain ? plain.issues : [];
      if ("issues" in rcs) return { issues: [...rcs.issues, ...smsIssues] };
      if (plain !== null && "issues" in plain) return { issues: smsIssues };
      const payload: PlusPayload = {
        mode: parts.mode === "0" ? "0" : "1",
        dst: parts.dst,
        rcs: rcs.json,
        sms: plain === null ? null : { text: plain.payload.text, smsNumber: plain.payload.smsNumber },
        ...plus.expiry,
      };
      return {
        payload,
        // Whether it becomes an SMS is known only from the answer: until then it counts as the dearer one.
        segments: plain?.segments ?? 1,
        warnings: plain?.warnings ?? [],
        // Not asked for when a million rows are only checked.
        get preview() {
          return readableText(payload);
        },
        get visibleTexts() {
          const { plus: shown } = previewOf(payload);
          const ways = [shown === null ? [] : textsOfPreview(shown), plain === null ? [] : [plain.payload.text]];
          return ways.filter((texts) => texts.length > 0);
        },
      };
    },
  };
}

/** All faults and warnings of a content, as `content lint` shows them. Empty when there is nothing to say. */
export function lintContent(content: unknown, settings: KddiPublicSettings): readonly ContentIssue[] {
  const compiled = compile(content, settings);
  return "issues" in compiled ? compiled.issues : compiled.warnings;
}

/** Every text that a recipient can read, as written, with its path; empty when the content is not right. */
export function visibleTexts(content: unknown, settings: KddiPublicSettings): readonly VisibleText[] {
  const compiled = compile(content, settings);
  return "issues" in compiled ? [] : compiled.visible;
}

interface Compiled {
  parts: ContentParts;
  sms: CompiledSms | null;
  plus: CompiledPlus | null;
  warnings: readonly ContentIssue[];
  visible: readonly VisibleText[];
}

function compile(content: unknown, settings: KddiPublicSettings): Compiled | Issues {
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) return { issues: shapeIssues(parsed.error.issues) };
  const parts = splitParts(parsed.data, settings);
  const sms = parts.sms === null ? null : compileSms(parts.sms, settings);
  const plus = parts.mode === "2" ? null : compilePlus(parts, settings);
  const smsIssues = sms === null ? [] : "issues" in sms ? sms.issues : sms.warnings;
  const all = [...parts.issues, ...(plus === null ? [] : plus.issues), ...smsIssues];
  if (all.some(({ level }) => level === "error") || (sms !== null && "issues" in sms)) return { issues: all };
  const smsTexts: VisibleText[] =
    parts.sms === null ? [] : [{ path: parts.sms.textPath, part: "sms", kind: "text", text: parts.sms.text }];
  return { parts, sms, plus, warnings: all, visible: [...(plus?.visible ?? []), ...smsTexts] };
}

/** The SMS part as a content of its own, rendered with the values of the whole. */
function standAlone(
  sms: CompiledSms,
  { text, smsNumber, dst }: AuthoredSms,
  variables: readonly string[],
): PreparedContent {
  return {
    content: { text, smsNumber, dst },
    variables,
    channel: "sms",
    warnings: sms.warnings,
    visibleTexts: [[text]],
    render: (values) => sms.render(byName(variables, values).plain),
  };
}

interface CompiledPlus {
  variables: readonly string[];
  visible: readonly VisibleText[];
  issues: readonly ContentIssue[];
  expiry: Pick<PlusPayload, "expiresAfterMs">;
  render(values: RenderValues): { json: PlusPayload["rcs"] } | Issues;
}

function compilePlus({ content, plusText, dst }: ContentParts, settings: KddiPublicSettings): CompiledPlus {
  const build = createBuild(settings.rcs, limitsFor(settings.rcs.limits, dst));
  const notes = new Map<string, string>();
  const rcs = content.rcs ?? authoredToWire(content, plusText, settings.rcs, (at, from) => void notes.set(at, from));
  const place = content.rcs === undefined ? notedPlace(notes) : samePlace("content.rcs");
  // Nothing at all for +Message was said already, in the author's words.
  const isEmpty = content.rcs === undefined && Object.keys(rcs).every((key) => key === "suggestedChipList");
  const node: WireNode = isEmpty ? {} : buildMessage(rcs, place, build);
  const { issues, visible } = build;
  const expiry = readExpiry(content.expiresAfter, settings, issues);
  const variables = [...build.variables];
  const { maxBodyBytes } = settings;
  return {
    variables,
    visible,
    issues,
    expiry,
    render(values) {
      const rendered = renderNode(node, values);
      if (!rendered.ok) return { issues: rendered.issues };
      const faults = build.afterRender.flatMap((check) => check(values));
      const bytes = bodyBytes(rendered.json, maxBodyBytes);
      if (bytes > maxBodyBytes) faults.push(tooLarge(bytes, maxBodyBytes));
      return faults.length > 0 ? { issues: faults } : { json: rendered.json as PlusPayload["rcs"] };
    },
  };
}

/** How long after sending it is to be revoked: a span, so that it lies in the future whenever the message is sent. */
function readExpiry(
  written: string | undefined,
  settings: KddiPublicSettings,
  issues: ContentIssue[],
): Pick<PlusPayload, "expiresAfterMs"> {
  if (written === undefined) return {};
  const path = "content.expiresAfter";
  if (!settings.rcs.expiry) issues.push({ path, level: "error", code: "rcs-expiry-off", message: whenOff("expiry") });
  const read = parseDuration(written);
  if (read.ok && read.ms > 0) return { expiresAfterMs: read.ms };
  const message = read.ok ? "is no time at all; write a span such as 6h" : read.reason;
  issues.push({ path, level: "error", code: "wrong-shape", message });
  return {};
}

/** Counted exactly only where it may matter: a UTF-16 unit is at most three bytes. */
function bodyBytes(rcs: unknown, max: number): number {
  const json = JSON.stringify(rcs);
  return json.length * 3 < max ? json.length : Buffer.byteLength(json);
}

function tooLarge(bytes: number, max: number): ContentIssue {
  const message = `the +Message part has ${bytes} bytes, a request at most ${max}; shorten texts or use fewer cards`;
  return { path: "content", level: "error", code: "rcs-body-too-large", message };
}

function byName(variables: readonly string[], values: readonly string[]): RenderValues {
  const plain: Record<string, string> = Object.create(null);
  for (const [index, name] of variables.entries()) {
    const value = values[index];
    if (value !== undefined) plain[name] = value;
  }
  let encoded: Record<string, string> | undefined;
  return {
    plain,
    get encoded() {
      encoded ??= Object.assign(Object.create(null), encodeAll(plain)) as Record<string, string>;
      return encoded;
    },
  };
}

/** For the inside of a URL: nothing a value holds can end the part of the URL it stands in. */
function encodeAll(plain: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [
      name,
      encodeURIComponent(value.normalize("NFC").toWellFormed()).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    ]),
  );
}
