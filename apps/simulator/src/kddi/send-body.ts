import type { SimulatorSettings } from "../options.ts";
import type { AccountOptions } from "./account-options.ts";
import { badRequest, type Refusal, refusalCodes } from "./refusal.ts";
import { decodeSmsTextEnc, differOnlyByCarriageReturn } from "./sms-text.ts";

/** One SMS as asked for in mode `X-Fallback: 2`. */
export interface SmsSend {
  readonly to: string;
  readonly smsNumber: string;
  /** What the handset shows: decoded from `smsTextEnc`, unless the knob `sms.shown` says `smsText`. */
  readonly text: string;
  readonly dst: Dst;
}
export type Dst = "0" | "1" | "2" | "3" | "4";

/** `deviations` names what is tolerated but not as the guide has it; strict mode refuses each. */
export type SendReading =
  | { readonly send: SmsSend; readonly deviations: readonly string[] }
  | { readonly refusal: Refusal };

type Json = Readonly<Record<string, unknown>>;

const mobile = /^\+81(?:[6789]0[1-9]\d{7}|[789]00\d{7})$/;

/** Step 9 of protocol notes §19.1 for an SMS: the rules of protocol notes §4, §5, §14, §15, and the spellings of §16. */
export function readSmsSend(
  body: Json,
  account: AccountOptions,
  settings: Pick<SimulatorSettings, "sms">,
): SendReading {
  const deviations: string[] = [];
  const root = pickFields(body, ["message", "smsmessage", "dst"], "", deviations);
  const message = isObject(root.message) ? root.message : undefined;
  if (root.message !== undefined && message === undefined) return refused("message must be an object");
  const inMessage = pickFields(message ?? {}, ["messageContact"], "message.", deviations);

  const besideMessage = root.others.messageContact;
  if (besideMessage !== undefined) deviations.push("messageContact stands beside message");
  const contact = inMessage.messageContact ?? besideMessage;
  if (!isObject(contact)) return refused("message.messageContact is missing", refusalCodes.missingContact);
  const inContact = pickFields(contact, ["userContact"], "message.messageContact.", deviations);
  const to = inContact.userContact;
  if (to === undefined) return refused("userContact is missing", refusalCodes.missingContact);
  if (typeof to !== "string" || !mobile.test(to)) {
    return refused("userContact must be +81 and a mobile number without its leading 0", refusalCodes.badContact);
  }

  const sms = root.smsmessage;
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

  const inSmsDst = inSms.others.dst;
  if (inSmsDst !== undefined) deviations.push("dst stands inside smsmessage");
  const dst = root.dst !== undefined ? root.dst : inSmsDst;
  if (dst === undefined) deviations.push("dst is missing");
  else if (!isDst(dst)) return refused('dst must be one of the strings "0", "1", "2", "3", "4"');

  const text = settings.sms.shown === "smsText" ? smsText : decoded.text;
  return { send: { to, smsNumber, text, dst: dst ?? "0" }, deviations };
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
    } else if (lower === "rcsmessage" && path !== "smsmessage.") {
      deviations.push(`${path}RCSMessage is sent with X-Fallback 2`);
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

function refused(text: string, code?: number): { readonly refusal: Refusal } {
  return { refusal: badRequest(text, code) };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDst(value: unknown): value is Dst {
  return typeof value === "string" && /^[0-4]$/.test(value);
}
