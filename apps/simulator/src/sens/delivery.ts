import type { SimClock } from "../clock.ts";
import type { Random } from "../random.ts";
import { countBytes, cutToBytes, isEncodable } from "./euc-kr.ts";
import { messageId, requestId } from "./ids.ts";
import type { AlimtalkMessage, MessageStore, SmsMessage } from "./messages.ts";
import type { Channel, SensSettings } from "./options.ts";
import { descriptions, outcomeOf } from "./outcomes.ts";
import { longestText, type SmsEntry, type SmsRequest } from "./sms-body.ts";
import { lengthCode, mismatchCode } from "./template-match.ts";

interface DeliveryDeps {
  readonly settings: SensSettings;
  readonly clock: SimClock;
  readonly random: Random;
  readonly sms: MessageStore<SmsMessage>;
  channel(channelId: string): Channel | undefined;
  isApproved(number: string): boolean;
  /** Takes no advertising. */
  isOptedOut(number: string): boolean;
}

/** What becomes of messages after they were accepted (protocol notes §16, state per recipient). */
export function createDelivery({ settings, clock, random, sms, channel, isApproved, isOptedOut }: DeliveryDeps) {
  const { timing, magicNumbers } = settings;

  function begin(message: AlimtalkMessage): void {
    if (message.messageId === null) return;
    const code = codeOf(message);
    if (code === null) return;
    clock.schedule(clock.now() + random.draw(timing.resultMs), (atMs) => finish(message, code, atMs));
  }

  /** Kakao's code, or null for a message that never gets a result. */
  function codeOf(message: AlimtalkMessage): string | null {
    const { template } = message;
    const isUsable = template.templateInspectionStatus === "COMPLETE" && template.templateStatus === "ACTIVE";
    if (!isUsable) return "3015";
    const wrong = mismatchCode(message, template) ?? lengthCode(message);
    if (wrong !== undefined) return wrong;
    const { code = "0000" } = outcomeOf(message.to, magicNumbers);
    return code;
  }

  function finish(message: AlimtalkMessage, code: string, atMs: number): void {
    const name = code === "0000" ? "success" : "fail";
    message.completeAtMs = atMs;
    message.result = { code, name, desc: descriptions[code] ?? "실패" };
    if (code === "3005") {
      clock.schedule(atMs + timing.uncertainMs, (later) => finish(message, "0000", later));
    } else if (name === "fail") {
      clock.schedule(atMs + random.draw(timing.failoverMs), (later) => startFailover(message, later));
    }
  }

  /** Only where the channel has it set up, the message wants it, and the sender number is approved then (protocol notes §12). */
  function startFailover(message: AlimtalkMessage, atMs: number): void {
    const set = channel(message.plusFriendId);
    const { failoverConfig: config } = message;
    const from = config.from ?? set?.failoverTelNo ?? null;
    const isSetUp = set?.failoverTelNo !== null && set?.failoverTelNo !== undefined;
    if (!message.useSmsFailover || !isSetUp || from === null || !isApproved(from)) return;
    if (outcomeOf(message.to, magicNumbers).sms === "refused") {
      message.failover = { requestStatusCode: "400", requestStatusName: "fail", sms: null };
      return;
    }
    const text = config.content ?? message.content;
    const asked = config.type === "SMS" || config.type === "LMS" ? config.type : undefined;
    const type = asked ?? (countBytes(text) <= longestText.SMS ? "SMS" : "LMS");
    const subject = type === "LMS" ? (config.subject ?? set?.channelName ?? message.plusFriendId) : "";
    const entry = { to: message.to, subject, content: cutToBytes(text, longestText[type]) };
    const request = { type, contentType: "COMM", countryCode: message.countryCode, from } as const;
    const started = beginSms(request, entry, requestId(type === "SMS" ? "RSMA" : "RSLA", atMs), atMs);
    message.failover = { requestStatusCode: "202", requestStatusName: "success", sms: started };
  }

  function beginSms(
    request: Omit<SmsRequest, "entries" | "reserve">,
    entry: SmsEntry,
    id: string,
    atMs: number,
  ): SmsMessage {
    const message: SmsMessage = {
      requestId: id,
      messageId: messageId(),
      requestAtMs: atMs,
      ...{ type: request.type, contentType: request.contentType, countryCode: request.countryCode, from: request.from },
      ...entry,
      ...{ status: "READY", statusCode: null, statusName: null, completeAtMs: null },
    };
    sms.add(message);
    const tookMs = random.draw(timing.smsMs);
    clock.schedule(atMs + tookMs / 2, () => {
      message.status = "PROCESSING";
    });
    clock.schedule(atMs + tookMs, (doneMs) => {
      const isBlocked = outcomeOf(message.to, magicNumbers).sms === "3018";
      const code = isBlocked ? "3018" : smsCode(message);
      message.status = "COMPLETED";
      message.statusCode = code;
      message.statusName = code === "0" ? "success" : "fail";
      message.completeAtMs = doneMs;
    });
    return message;
  }

  /** The carrier's codes for a text that can't be encoded and for an opt-out are not known; these are made up. */
  function smsCode({ contentType, to, content, subject }: SmsMessage): "0" | "9001" | "9002" {
    if (contentType === "AD" && isOptedOut(to)) return "9002";
    return isEncodable(content + subject) ? "0" : "9001";
  }

  return { begin, beginSms };
}

export type Delivery = ReturnType<typeof createDelivery>;
