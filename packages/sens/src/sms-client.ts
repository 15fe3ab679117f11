import type { AttemptOutcome, OutgoingMessage, ProviderClient, StatusAnswer, StatusRef } from "@hikyaku/core";
import { outcomeOfCall } from "./call-answer.ts";
import { endpointOf } from "./endpoint.ts";
import { asWord, isObject, parseJson } from "./json.ts";
import { readTimestamp } from "./korean-time.ts";
import type { ListedMessage } from "./listed-message.ts";
import { type LookUpContext, lookUp } from "./look-up.ts";
import { type ListContext, listAll } from "./message-list.ts";
import { countryCode, nationalNumber } from "./national-number.ts";
import type { SensSmsRouteConfig } from "./route-config.ts";
import { type CallResult, createSignedCaller, inTurns } from "./signed-caller.ts";
import type { SmsPayload } from "./sms-content.ts";
import { reasonOfSms } from "./status-codes.ts";

/** What `channel` says of everything accepted here. */
const channel = "sms";

/**
 * Opens the client of an SMS route (protocol notes §14). An SMS request's answer names no messages, only the request; with one recipient a
 * request, that id is the message's own.
 */
export function connectSensSms(
  config: SensSmsRouteConfig,
  { connections }: { connections: number },
): ProviderClient & { lookUp: NonNullable<ProviderClient["lookUp"]> } {
  const endpoint = endpointOf(config, "sms");
  const caller = createSignedCaller(config, endpoint.origin, connections);
  const credentials = [config.secretKey, config.accessKey];
  const { timestampZone } = config;
  const list: ListContext = { caller, path: endpoint.messages, plusFriendId: undefined, timestampZone, credentials };
  const lookUpContext: LookUpContext = {
    ...list,
    afterMs: config.lookUp.after,
    windowMs: config.lookUp.window,
    channel,
    readPayload: (payload) => ({ text: (payload as SmsPayload).text }),
    idOf: ({ requestId }) => requestId,
    reservation: async () => ({ kind: "nothing", isProof: true, reason: "nothing is reserved on this route" }),
  };

  const sendOne = async (message: OutgoingMessage): Promise<AttemptOutcome> => {
    const body = smsRequestBody(message);
    const result = await caller.call({ method: "POST", target: endpoint.messages, body });
    return readSmsCall(result, message, config, credentials);
  };

  return {
    send: (batch) => Promise.all(batch.map(sendOne)),
    async checkStatus(refs, turns = {}) {
      const answers: StatusAnswer[] = [];
      const paced = { ...list, caller: inTurns(caller, turns) };
      for (const ref of refs) answers.push(await checkOne(ref, paced));
      return answers;
    },
    lookUp: (refs, turns = {}) => lookUp(refs, { ...lookUpContext, caller: inTurns(caller, turns) }),
    close: () => caller.close(),
  };
}

/** The body of one request. */
export function smsRequestBody({ recipient, payload }: OutgoingMessage): string {
  const { type, contentType, from, subject, text } = payload as SmsPayload;
  return JSON.stringify({
    type,
    contentType,
    countryCode,
    from,
    ...(subject === undefined ? {} : { subject }),
    content: text,
    messages: [{ to: nationalNumber(recipient) }],
  });
}

function readSmsCall(
  result: CallResult,
  { payload }: OutgoingMessage,
  { notProcessedStatuses }: Pick<SensSmsRouteConfig, "notProcessedStatuses">,
  credentials: readonly string[],
): AttemptOutcome {
  if (result.kind === "no-answer" || result.status < 200 || result.status > 299) {
    return outcomeOfCall(result, [...credentials, (payload as SmsPayload).text], notProcessedStatuses);
  }
  const json = parseJson(result.body);
  const said = `HTTP ${result.status}`;
  if (!isObject(json)) return { kind: "unknown", reason: `${said}, but the answer can't be understood` };
  const requestId = asWord(json.requestId) ?? null;
  const statusName = asWord(json.statusName)?.toLowerCase();
  if (statusName === "fail") return { kind: "rejected", reason: `${said}: SENS says that the request failed` };
  if (requestId === null) return { kind: "unknown", reason: `${said} without a requestId` };
  const accepted = { kind: "accepted", providerMessageId: requestId, providerOrderId: requestId, channel } as const;
  return result.clock === null ? accepted : { ...accepted, alarm: result.clock };
}

async function checkOne({ providerMessageId }: StatusRef, context: ListContext): Promise<StatusAnswer> {
  const found = await listAll({ requestId: providerMessageId }, {}, 1, context);
  switch (found.kind) {
    case "ok": {
      const [message] = found.value.messages;
      return message === undefined
        ? { kind: "not-known", reason: "the request's list does not have the message yet" }
        : smsResultOf(message, context.timestampZone);
    }
    case "nothing":
      return { kind: "not-known", reason: found.reason };
    case "refused":
      return { kind: "failed-check", reason: found.reason };
    default:
      return found;
  }
}

/** What became of one SMS (protocol notes §14.4): nothing is known before it is COMPLETED. */
export function smsResultOf(
  { status, statusCode, statusName, statusMessage, completeTime }: ListedMessage,
  timestampZone: string,
): StatusAnswer {
  const at = readTimestamp(completeTime, timestampZone);
  if (status !== undefined && status !== "COMPLETED")
    return { kind: "status", state: "pending", rawStatus: status, at };
  if (status === undefined && completeTime === undefined) {
    return { kind: "status", state: "pending", rawStatus: "no result yet", at };
  }
  if (statusName === "success") return { kind: "status", state: "delivered", rawStatus: statusCode ?? statusName, at };
  if (statusName === "fail") {
    const rawStatus = statusCode ?? statusName;
    return { kind: "status", state: "failed", rawStatus, at, reason: reasonOfSms(rawStatus, statusMessage) };
  }
  return {
    kind: "failed-check",
    reason: `the status word ${JSON.stringify(statusName?.slice(0, 60) ?? null)} is not known`,
  };
}
