import type { ContentIssue } from "@hikyaku/core";
import type { Dst } from "../rcs-settings.ts";
import type { SendMode } from "../request-headers.ts";
import type { KddiPublicSettings } from "../route-config.ts";
import { plusMessageKeys } from "./authored-to-wire.ts";
import type { AuthoredContent } from "./content-schema.ts";
import type { AuthoredSms } from "./sms-part.ts";

/** `mode` of a content as the wire's `X-Fallback` (guide §2.5). */
const sendModes = { sms: "2", rcs: "1", "sms-fallback": "0" } as const satisfies Record<string, SendMode>;

export interface ContentParts {
  mode: SendMode;
  dst: Dst;
  /** Null when nothing can be sent by SMS. In mode 1 it is for a caller who sends it after a deadline. */
  sms: AuthoredSms | null;
  /** The text +Message shows where it has nothing else; undefined when it has, or when nothing goes by +Message. */
  plusText: string | undefined;
  /** The content as it is stored: mode, sender and carrier filled in. */
  content: AuthoredContent;
  issues: ContentIssue[];
}

/**
 * Decides what goes by which channel. `text` is the message's plain text: what the SMS says unless `sms` does, and what +Message shows
 * unless a file, a place or a card does. Without `mode`, a content of both parts falls back, any other goes the one way it can.
 */
export function splitParts(given: AuthoredContent, settings: KddiPublicSettings): ContentParts {
  const { text, sms, chips, rcs } = given;
  const issues: ContentIssue[] = [];
  const fault = (path: string, code: string, message: string) => issues.push({ path, level: "error", code, message });
  const shown = [...plusMessageKeys, "rcs" as const].filter((key) => given[key] !== undefined);
  if (shown.length > 1) {
    fault("content", "rcs-one-content", `+Message shows one thing at a time; keep one of ${shown.join(", ")}`);
  }
  const hasPlus = shown.length > 0 || chips !== undefined;
  const hasText = text !== undefined;
  const fallsBack = hasPlus ? sms !== undefined || hasText : sms !== undefined && hasText;
  const name = given.mode ?? (fallsBack ? "sms-fallback" : hasPlus ? "rcs" : "sms");
  const plusText = name !== "sms" && shown.length === 0 ? text : undefined;
  const smsText = name === "rcs" && shown.length === 0 ? undefined : text;

  if (name === "sms") {
    const unsent = [...shown, ...unsentKeys.filter((key) => given[key] !== undefined)];
    for (const key of unsent) {
      fault(`content.${key}`, "rcs-not-sent", "mode sms sends nothing by +Message; remove it or choose another mode");
    }
    if (sms === undefined && !hasText) fault("content.text", "wrong-shape", "expected a text");
  } else {
    if (shown.length === 0 && !hasText) {
      fault(
        "content",
        "rcs-no-content",
        `there is nothing for +Message; write text or one of ${plusMessageKeys.join(", ")}`,
      );
    }
    if (name === "sms-fallback" && sms === undefined && !hasText) {
      const message = "sms-fallback needs an SMS that can be read alone; write sms with text, or text";
      fault("content.sms", "sms-part-missing", message);
    }
    if (!settings.plusMessage) {
      const path =
        given.mode === undefined ? `content.${shown[0] ?? (chips === undefined ? "text" : "chips")}` : "content.mode";
      fault(
        path,
        "sms-only-account",
        "this route sends SMS only (tokens: smsonly); use mode sms, or give it the carriers' tokens",
      );
    }
  }
  if (sms !== undefined && hasText && (shown.length > 0 || name === "sms")) {
    fault("content.text", "text-not-used", "it would be shown nowhere, the SMS says sms.text; remove one of the two");
  }
  const isWire = rcs !== undefined;
  if (isWire && chips !== undefined)
    fault("content.chips", "rcs-chips-apart", "beside rcs write rcs.suggestedChipList");
  if (isWire && given.trafficType !== undefined) {
    fault("content.trafficType", "rcs-traffic-type-apart", "beside rcs write rcs.trafficType");
  }
  if (rcs?.expiry !== undefined && given.expiresAfter !== undefined) {
    fault("content.expiresAfter", "rcs-expiry-twice", "rcs.expiry says it already; remove one of the two");
  }
  if (given.carouselWidth !== undefined && given.carousel === undefined) {
    fault("content.carouselWidth", "rcs-no-carousel", "there is no carousel; remove it");
  }

  const dst = given.dst ?? (name === "sms" ? settings.dst : settings.rcs.dst);
  if (dst === "4" && name === "rcs") {
    fault("content.dst", "rcs-no-rakuten", "Rakuten has no +Message; use dst 0, or mode sms or sms-fallback");
  }
  if (dst === "4" && name === "sms-fallback") {
    const message = "Rakuten has no +Message: every message will be an SMS";
    issues.push({ path: "content.dst", level: "warning", code: "rcs-no-rakuten", message });
  }

  const smsDst = name === "rcs" ? (given.dst ?? settings.dst) : dst;
  const part = smsPart(given, smsText, smsDst, settings.smsNumber, fault);
  return { mode: sendModes[name], dst, sms: part, plusText, content: stored(given, name, dst, part), issues };
}

/** Keys that say something about +Message only. */
const unsentKeys = ["chips", "expiresAfter", "trafficType"] as const;

function smsPart(
  { sms, smsNumber }: AuthoredContent,
  text: string | undefined,
  dst: Dst,
  usualNumber: string,
  fault: (path: string, code: string, message: string) => void,
): AuthoredSms | null {
  if (sms?.smsNumber !== undefined && smsNumber !== undefined) {
    fault("content.smsNumber", "sender-twice", "sms.smsNumber names the sender already; remove one of the two");
  }
  const numberPath = sms?.smsNumber === undefined ? "content.smsNumber" : "content.sms.smsNumber";
  const number = sms?.smsNumber ?? smsNumber ?? usualNumber;
  if (sms !== undefined) return { text: sms.text, textPath: "content.sms.text", smsNumber: number, numberPath, dst };
  if (text !== undefined) return { text, textPath: "content.text", smsNumber: number, numberPath, dst };
  if (smsNumber !== undefined)
    fault("content.smsNumber", "sms-part-missing", "nothing is sent by SMS; remove it, or write sms");
  return null;
}

/** A content for SMS alone is stored without a mode, as it was before there was another. */
function stored(
  given: AuthoredContent,
  mode: keyof typeof sendModes,
  dst: Dst,
  part: AuthoredSms | null,
): AuthoredContent {
  const { mode: _, smsNumber: __, sms, ...rest } = given;
  const sender =
    part === null
      ? {}
      : sms === undefined
        ? { smsNumber: part.smsNumber }
        : { sms: { text: sms.text, smsNumber: part.smsNumber } };
  return { ...(mode === "sms" ? {} : { mode }), ...rest, ...sender, dst };
}
