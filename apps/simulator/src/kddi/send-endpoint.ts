import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";
import { after } from "./after.ts";
import { type Channel, carriers } from "./behaviours.ts";
import type { Exchange } from "./exchange.ts";
import { type Disturbance, drawAfterStore, drawBeforeStore, drawLatencyMs } from "./faults.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { hasBareToken, isMode } from "./head-checks.ts";
import type { Message } from "./message.ts";
import { isCapable, type Phone } from "./phones.ts";
import { shapeRcsResult } from "./rcs-shapes.ts";
import { badRequest, type Refusal, refuseWith } from "./refusal.ts";
import { collectBody, readJsonObject } from "./request-body.ts";
import { readSend, type Send, type SendReading } from "./send-body.ts";
import { shapeResult } from "./shapes.ts";

export interface SendEndpoint {
  receive(exchange: Exchange, account: Account): void;
  /** Adds a refused request to the log of the recipient its body names, if it names one. */
  logRefusal(account: Account, body: Buffer, refusal: Refusal): void;
  reset(): void;
}

/** `POST …/messages`, steps 8 to 10 of protocol notes §19.1. */
export function createSendEndpoint(deps: GatewayDeps): SendEndpoint {
  const { settings, clock, random, phones, store, delivery, faults, traffic } = deps;
  const acceptDelay = settings.realistic ? ([800, 1300] as const) : settings.acceptDelayMs;
  const tries = new Map<string, number>();

  /** Steps 8 and 9. */
  function read(exchange: Exchange, account: Account, bytes: Buffer, isTooLarge: boolean): SendReading {
    const { headers } = exchange.request;
    const json = readJsonObject(headers["content-type"], bytes, isTooLarge, settings.maxBodyBytes);
    if ("refusal" in json) return json;
    const mode = headers["x-fallback"];
    // Step 7 has let nothing else in.
    if (!isMode(mode)) return { refusal: badRequest("X-Fallback must be 0, 1 or 2") };
    const reading = readSend(json.body, mode, account.options, settings, clock.now());
    if ("refusal" in reading) return reading;
    const deviations = [...json.deviations, ...reading.deviations];
    if (exchange.target.hasQuery) deviations.push("the URL has a query");
    if (hasBareToken(headers)) deviations.push("a token is sent without Bearer");
    if (settings.strict && deviations.length > 0) {
      return { refusal: badRequest(`strict: ${deviations.join("; ")}`) };
    }
    const { send } = reading;
    if (settings.wrongDst === "refuse" && send.dst !== "0") {
      const isRight = carriers[Number(send.dst) - 1] === phones.get(send.to).carrier;
      if (!isRight) return { refusal: badRequest("dst names another carrier than the number's") };
    }
    return { send, deviations };
  }

  /** What the number or a fault makes of a request that is right. */
  function drawRefusal(account: Account, phone: Phone): Disturbance | undefined {
    const manner = phone.behaviour.answer;
    if (manner?.kind === "refuse") {
      const tried = tries.get(phone.number) ?? 0;
      tries.set(phone.number, tried + 1);
      if (tried < (manner.firstTries ?? Number.POSITIVE_INFINITY)) return manner.status;
    }
    return drawBeforeStore(faults(), "sends", account.options.botId, random);
  }

  /** Step 10. The message is kept at once; a client that leaves before the answer has sent it all the same. */
  function accept(exchange: Exchange, account: Account, phone: Phone, send: Send, deviations: readonly string[]): void {
    traffic().accepted(exchange.arrivedAtMs);
    account.traffic.accepted(exchange.arrivedAtMs);
    const channel = channelOf(send, phone);
    const message = store.accept({
      msgId: randomUUID(),
      account,
      channel,
      mode: send.mode,
      to: send.to,
      smsNumber: channel === "sms" ? (send.sms?.smsNumber ?? "") : "",
      body: channel === "sms" ? (send.sms?.text ?? "") : JSON.stringify(send.rcs?.content),
      dst: send.dst,
      acceptedAt: clock.now(),
      deviations,
    });
    const expiresAt = channel === "rcs" ? send.rcs?.expiresAt : undefined;
    exchange.onEnd = (answered) => {
      message.answered = answered;
    };
    const { botId } = account.options;
    const isSlow = phone.behaviour.answer?.kind === "accept" && phone.behaviour.answer.as === "slow";
    const ownDelayMs = isSlow ? settings.timing.slowAnswerMs : random.draw(acceptDelay);
    const delayMs = ownDelayMs + drawLatencyMs(faults(), "sends", botId, random);
    const disturbance = drawAfterStore(faults(), botId, random);
    const answer = () =>
      after(
        delayMs,
        () => {
          if (disturbance === undefined) answerAccepted(exchange, message, phone);
          else disturb(exchange, disturbance);
        },
        exchange.arrivedAtMs,
      );
    if (phone.behaviour.answer?.kind === "accept" && phone.behaviour.answer.as === "notified-first") {
      void delivery.beginNotified(message, phone, expiresAt).then(answer);
    } else {
      delivery.begin(message, phone, expiresAt);
      answer();
    }
  }

  function answerAccepted(exchange: Exchange, message: Message, phone: Phone): void {
    const manner = phone.behaviour.answer;
    if (manner?.kind !== "accept") {
      answerWithId(exchange, message, 202);
      return;
    }
    switch (manner.as) {
      case "slow":
      case "notified-first":
        answerWithId(exchange, message, 202);
        break;
      case "closed":
        exchange.cut();
        break;
      case "not-json":
        exchange.answer(202, "Accepted", "text/plain");
        break;
      case "without-id":
        exchange.answer(202, withoutId(message));
        break;
      case "status":
        if (manner.status < 300) answerWithId(exchange, message, manner.status);
        else exchange.refuse(refuseWith(manner.status));
        break;
      default:
        manner satisfies never;
    }
  }

  function answerWithId(exchange: Exchange, { channel, msgId, to, acceptedAt: at }: Message, status: number): void {
    const body =
      channel === "sms"
        ? shapeResult(settings.acceptShape, { msgId, state: "pending", at })
        : shapeRcsResult(settings.rcsResponseShape, { msgId, state: "pending", at, to, destination: rcsDestination });
    exchange.answer(status, body);
  }

  const rcsDestination = settings.rcsDestination ?? undefined;

  function withoutId({ channel, to }: Message): string {
    if (channel === "sms") return JSON.stringify({ smsmessage: { status: "pending" }, Destination: "sms" });
    const contact = { messageContact: { userContact: to } };
    return JSON.stringify({ RCSMessage: { status: "pending" }, ...contact, Destination: rcsDestination });
  }

  function disturb(exchange: Exchange, disturbance: Disturbance): void {
    if (disturbance === "closed") exchange.cut();
    else exchange.refuse(refuseWith(disturbance, undefined, settings.retryAfterS));
  }

  function log(account: Account, to: string, answered: number | "closed", why: string): void {
    store.refuse({ at: clock.now(), botId: account.options.botId, to, answered, why });
  }

  function logRefusal(account: Account, body: Buffer, refusal: Refusal): void {
    const to = /"userContact"\s*:\s*"([^"]{1,32})"/.exec(body.toString("latin1"))?.[1];
    if (to !== undefined) log(account, to, refusal.status, refusal.text);
  }

  return {
    receive(exchange, account) {
      traffic().named("sends");
      account.traffic.named("sends");
      collectBody(exchange.request, settings.maxBodyBytes, (bytes, isTooLarge) => {
        const reading = read(exchange, account, bytes, isTooLarge);
        if ("refusal" in reading) {
          logRefusal(account, bytes, reading.refusal);
          return exchange.refuse(reading.refusal);
        }
        const phone = phones.get(reading.send.to);
        const disturbance = drawRefusal(account, phone);
        if (disturbance === undefined) return accept(exchange, account, phone, reading.send, reading.deviations);
        log(account, phone.number, disturbance, "the number or a fault refuses it");
        disturb(exchange, disturbance);
      });
    },
    logRefusal,
    reset: () => tries.clear(),
  };
}

/**
 * Mode 0 asks inside the call whether the phone has the app (protocol notes §4.4): installed, or as good as installed to
 * the check, means +Message; `dst` 4 (Rakuten) means SMS, because there is no +Message there.
 */
function channelOf({ mode, dst }: Send, phone: Phone): Channel {
  if (mode === "1") return "rcs";
  if (mode === "2" || dst === "4") return "sms";
  return isCapable(phone) ? "rcs" : "sms";
}
