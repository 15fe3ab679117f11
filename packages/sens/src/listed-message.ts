import { asWord, isObject } from "./json.ts";
import { asNationalNumber } from "./national-number.ts";

/** The SMS that went out in the place of a message (protocol notes §7). */
export interface ListedFailover {
  requestId: string | undefined;
  requestStatusCode: string | undefined;
  requestStatusName: string | undefined;
  messageId: string | undefined;
  messageStatus: string | undefined;
  messageStatusCode: string | undefined;
  messageStatusName: string | undefined;
  messageStatusDesc: string | undefined;
}

/** A message as a send's answer, the list or the single query tells of it; what is not told is undefined. */
export interface ListedMessage {
  requestId: string | undefined;
  messageId: string | undefined;
  requestTime: string | undefined;
  completeTime: string | undefined;
  templateCode: string | undefined;
  /** National form. */
  to: string | undefined;
  content: string | undefined;
  requestStatusCode: string | undefined;
  requestStatusName: string | undefined;
  requestStatusDesc: string | undefined;
  messageStatusCode: string | undefined;
  messageStatusName: string | undefined;
  messageStatusDesc: string | undefined;
  useSmsFailover: boolean;
  failover: ListedFailover | undefined;
  /** Of an SMS: `READY`, `PROCESSING` or `COMPLETED`, its code, its word and what its carrier says (protocol notes §14.3, §14.4). */
  status: string | undefined;
  statusCode: string | undefined;
  statusName: string | undefined;
  statusMessage: string | undefined;
}

/** Reads one message; undefined when the value is no object. Unknown fields are left alone. */
export function readListedMessage(value: unknown): ListedMessage | undefined {
  if (!isObject(value)) return undefined;
  const to = asWord(value.to);
  return {
    requestId: asWord(value.requestId),
    messageId: asWord(value.messageId),
    requestTime: asWord(value.requestTime),
    completeTime: asWord(value.completeTime),
    templateCode: asWord(value.templateCode),
    to: to === undefined ? undefined : asNationalNumber(to),
    content: typeof value.content === "string" ? value.content : undefined,
    requestStatusCode: asWord(value.requestStatusCode),
    requestStatusName: asWord(value.requestStatusName)?.toLowerCase(),
    requestStatusDesc: asWord(value.requestStatusDesc),
    messageStatusCode: asWord(value.messageStatusCode),
    messageStatusName: asWord(value.messageStatusName)?.toLowerCase(),
    messageStatusDesc: asWord(value.messageStatusDesc),
    useSmsFailover: value.useSmsFailover === true,
    failover: readFailover(value.failover),
    status: asWord(value.status)?.toUpperCase(),
    statusCode: asWord(value.statusCode),
    statusName: asWord(value.statusName)?.toLowerCase(),
    statusMessage: asWord(value.statusMessage),
  };
}

function readFailover(value: unknown): ListedFailover | undefined {
  if (!isObject(value)) return undefined;
  return {
    requestId: asWord(value.requestId),
    requestStatusCode: asWord(value.requestStatusCode),
    requestStatusName: asWord(value.requestStatusName)?.toLowerCase(),
    messageId: asWord(value.messageId),
    messageStatus: asWord(value.messageStatus)?.toUpperCase(),
    messageStatusCode: asWord(value.messageStatusCode),
    messageStatusName: asWord(value.messageStatusName)?.toLowerCase(),
    messageStatusDesc: asWord(value.messageStatusDesc),
  };
}

/** Whether the sending server took the message (protocol notes §13.1): `A000`, and the word alone where no code is named. */
export function acceptanceOf({ requestStatusCode, requestStatusName }: ListedMessage): "taken" | "refused" | "untold" {
  if (requestStatusCode !== undefined) return requestStatusCode === "A000" ? "taken" : "refused";
  if (requestStatusName === "success") return "taken";
  return requestStatusName === "fail" ? "refused" : "untold";
}

/** `A003: …`, for a reason. */
export function refusalOf({ requestStatusCode, requestStatusDesc }: ListedMessage): string {
  return [requestStatusCode, requestStatusDesc].filter((part) => part !== undefined).join(": ") || "no reason named";
}

/** Texts are compared without white space and composed: a gateway may change both on the way, and a match too many sends nothing twice. */
export function isSameText(one: string, other: string): boolean {
  return one === other || comparable(one) === comparable(other);
}

function comparable(text: string): string {
  return text.normalize("NFC").replaceAll(/\s/g, "");
}
