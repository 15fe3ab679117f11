import type { SimulatorSettings } from "../options.ts";
import type { AccountOptions } from "./account-options.ts";
import { isObject, type Json } from "./rcs-content/fields.ts";
import { createFindings } from "./rcs-content/findings.ts";
import { type RcsPart, readRcsMessage, refuseMisplacedChips } from "./rcs-content/rcs-message.ts";
import { badRequest, type Refusal, refusalCodes } from "./refusal.ts";
import { decodeSmsTextEnc, differOnlyByCarriageReturn } from "./sms-text.ts";

/** `X-Fallback` (guide §2.5): +Message or else SMS, +Message alone, SMS alone. */
export type Mode = "0" | "1" | "2";
export type Dst = "0" | "1" | "2" | "3" | "4";

/** One message as asked for. Mode 0 has both parts, mode 1 only `rcs`, mode 2 only `sms`. */
export interface Send {
  readonly to: string;
  readonly mode: Mode;
  readonly dst: Dst;
  readonly sms: SmsPart | undefined;
  readonly rcs: RcsPart | undefined;
}

export interface SmsPart {
  readonly smsNumber: string;
  /** What the handset shows: decoded from `smsTextEnc`, unless the knob `sms.shown` says `smsText`. */
  readonly text: string;
}

/** `deviations` names what is tolerated but not as the guide has it; strict mode refuses each. */
export type SendReading = { readonly send: Send; readonly deviations: readonly string[] } | Refused;
interface Refused {
  readonly refusal: Refusal;
}

type Rules = Pick<SimulatorSettings, "sms" | "rcs">;

const mobile = /^\+81(?:[6789]0[1-9]\d{7}|[789]00\d{7})$/;

/** Step 9 of protocol notes §19.1: the rules of protocol notes §4, §5, §6, §14, §15, and the spellings of §16. */
export function readSend(body: Json, mode: Mode, account: AccountOptions, settings: Rules, now: number): SendReading {
  const deviations: string[] = [];
  const root = pickFields(body, ["message", "smsmessage", "dst"], "", deviations);
  const message = isObject(root.message) ? root.message : undefined;
  if (root.message !== undefined && message === undefined) return refused("message must be an object");
  const inMessage = pickFields(message ?? {}, ["messageContact", "RCSMessage"], "message.", deviations);

  const besideMessage = root.others.messageContact;
  if (besideMessage !== undefined) deviations.push("messageContact stands beside message");
  const to = readContact(inMessage.messageContact ?? besideMessage, "message.messageContact", deviations);
  if (typeof to !== "string") return to;

  let rcs: RcsPart | undefined;
  if (mode !== "2") {
    const findings = createFindings(deviations);
    refuseMisplacedChips(body, "", findings);
    if (message !== undefined) refuseMisplacedChips(message, "message.", findings);
    rcs = readRcsMessage(inMessage.RCSMessage, settings.rcs, now, findings);
    const refusal = findings.refusal();
    if (refusal !== undefined) return { refusal };
  } else if (inMessage.RCSMessage !== undefined) {
    deviations.push("message.RCSMessage is sent with X-Fallback 2");
  }

  let sms: SmsPart | undefined;
  let inSmsDst: unknown;
  if (mode !== "1") {
    const reading = readSmsPart(root.smsmessage, account, settings, deviations);
    if ("refusal" in reading) return reading;
    ({ sms, inSmsDst } = reading);
  } else if (root.smsmessage !== undefined) {
    deviations.push("smsmessage is sent with X-Fallback 1");
    inSmsDst = isObject(root.smsmessage) ? root.smsmessage.dst : undefined;
  }

  if (inSmsDst !== undefined) deviations.push("dst stands inside smsmessage");
  const dst = root.dst !== undefined ? root.dst : inSmsDst;
  if (dst === undefined) deviations.push("dst is missing");
  else if (!isDst(dst)) return refused('dst must be one of the strings "0", "1", "2", "3", "4"');
  if (dst === "4" && mode === "1") return refused("dst 4 (Rakuten) cannot be sent by +Message alone");
  return { send: { to, mode, dst: dst ?? "0", sms, rcs }, deviations };
}

/** `userContact` of the contact object, which every mode needs (guide §2.5). */
export function readContact(contact: unknown, path: string, deviations: string[]): string | Refused {
  if (!isObject(contact)) return refused(`${path} is missing`, refusalCodes.missingContact);
  const { userContact } = pickFields(contact, ["userContact"], `${path}.`, deviations);
  if (userContact === undefined) return refused("userContact is missing", refusalCodes.missingContact);
  if (isMobile(userContact)) return userContact;
  return refused("userContact must be +81 and a mobile number without its leading 0", refusalCodes.badContact);
}

export function isMobile(value: unknown): value is string {
  return typeof value === "string" && mobile.test(value);
}

function readSmsPart(
  sms: unknown,
  account: AccountOptions,
  settings: Rules,
  deviations: string[],
): { readonly sms: SmsPart; readonly inSmsDst: unknown } | Refused {
  if (!isObject(sms)) return refused("smsmessage is missing", refusalCodes.noContent);
  const inSms = pickFields(sms, ["smsNumber", "smsText", "smsTextEnc"], "smsmessage.", deviations);
  const { smsNumber, smsText, smsTextEnc } = inSms;
  if (typeof smsNumber !== "string" || !/^\d{4,15}$/.test(smsNumber)) {
    return refused("smsmessage.smsNumber must be a string of 4 to 15 digits");
  }
  if (!account.smsNumbers.includes(smsNumber)) return refused("smsmessage.smsNumber is not a number of this account");
  if (typeof smsText !== "string" || smsText === "") {
    return refused("smsmessage.smsText is missing or empty", refusalCodes.emptyText);
  }
  if (typeof smsTextEnc !== "string" || smsTextEnc === "") {
    return refused("smsmessage.smsTextEnc is missing or empty", refusalCodes.emptyText);
  }
  const decoded = decodeSmsTextEnc(smsTextEnc, settings.sms.maxUnits);
  if ("fault" in decoded) {
    const isTooLong = decoded.fault.startsWith("is longer");
    return refused(`smsmessage.smsTextEnc ${decoded.fault}`, isTooLong ? refusalCodes.textTooLong : undefined);
  }
  noteTextDeviations(smsText, decoded.text, deviations);
  const text = settings.sms.shown === "smsText" ? smsText : decoded.text;
  return { sms: { smsNumber, text }, inSmsDst: inSms.others.dst };
}

/** Fields under their exact names; other spellings of them are found too, and both those and strangers are noted. */
function pickFields<const Name extends string>(
  from: Json,
  names: readonly Name[],
  path: string,
  deviations: string[],
): { readonly [Key in Name]?: unknown } & { readonly others: Json } {
  const picked: Record<string, unknown> = {};
  let others: Record<string, unknown> | undefined;
  for (const key in from) {
    if ((names as readonly string[]).includes(key)) {
      picked[key] = from[key];
      continue;
    }
    const lower = key.toLowerCase();
    const name = names.find((candidate) => candidate.toLowerCase() === lower);
    if (name !== undefined) {
      deviations.push(`${path}${name} is spelled ${key}`);
      picked[name] ??= from[key];
    } else if ((path === "" && key === "messageContact") || (path === "smsmessage." && key === "dst")) {
      others ??= {};
      others[key] = from[key];
    } else {
      deviations.push(`${path}${key} is unknown`);
    }
  }
  return { ...picked, others: others ?? {} } as { readonly [Key in Name]?: unknown } & { readonly others: Json };
}

function noteTextDeviations(plain: string, decoded: string, deviations: string[]): void {
  if (plain !== decoded && !differOnlyByCarriageReturn(plain, decoded)) {
    deviations.push("smsText and smsTextEnc differ");
  }
  if (decoded.startsWith("\uFEFF")) deviations.push("smsTextEnc begins with a byte order mark");
  if (!decoded.isWellFormed()) deviations.push("smsTextEnc holds half of a surrogate pair");
  if (decoded.trim() === "") deviations.push("the text is blank");
}

function refused(text: string, code?: number): Refused {
  return { refusal: badRequest(text, code) };
}

function isDst(value: unknown): value is Dst {
  return typeof value === "string" && /^[0-4]$/.test(value);
}
