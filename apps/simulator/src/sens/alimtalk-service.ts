import { refuseForQuota, spoilAnswer } from "./after-store.ts";
import { type Answer, ok, refused } from "./answer.ts";
import { messageId, requestId, reservedRequestId } from "./ids.ts";
import { answerList } from "./list-page.ts";
import { readListQuery } from "./list-query.ts";
import type { AlimtalkMessage } from "./messages.ts";
import { outcomeOf } from "./outcomes.ts";
import { nothingFound, sensError } from "./refusal.ts";
import { shownReservation } from "./reservations.ts";
import { readSendBody, type SendRequest } from "./send-body.ts";
import type { SensState } from "./state.ts";
import { withMilliseconds } from "./times.ts";
import { listedMessage, sentEntry, shownChannel, shownTemplate, singleMessage } from "./views.ts";

type Query = Readonly<Record<string, string>>;

const taken = { code: "A000", name: "success", desc: "성공" } as const;
/** The carrier's codes of refusal are not known; this one is made up. */
const refusedEntry = { code: "A999", name: "fail", desc: "발송 요청 실패" } as const;

/** The seven calls of AlimTalk (protocol notes §4). */
export function createAlimtalkService(state: SensState) {
  const { settings, clock, messages, reservations } = state;

  /** Makes the messages of a request and sets them on their way. */
  function store(id: string, { channel, template, entries }: SendRequest, atMs: number): AlimtalkMessage[] {
    return entries.map((entry) => {
      const isRefused = outcomeOf(entry.to, settings.magicNumbers).refused === true;
      const message: AlimtalkMessage = {
        ...entry,
        requestId: id,
        messageId: isRefused ? null : messageId(),
        requestAtMs: atMs,
        plusFriendId: channel.channelId,
        template,
        requestStatus: isRefused ? refusedEntry : taken,
        ...{ completeAtMs: null, result: null, failover: null },
      };
      messages.add(message);
      state.delivery.begin(message);
      return message;
    });
  }

  function answerSend(request: SendRequest): Answer {
    const nowMs = clock.now();
    const time = { requestTime: withMilliseconds(nowMs), statusCode: "202" };
    if (request.reserve !== null) {
      const id = reservedRequestId("RBAA", nowMs);
      reservations.add(id, request.reserve, (atMs) => store(id, request, atMs));
      return ok({ requestId: id, ...time, statusName: "reserved" }, 202);
    }
    const id = requestId("RBAA", nowMs);
    // A console schedule would send it; there are none here, so it is only noted (protocol notes §11).
    if (request.scheduleCode !== null) return ok({ requestId: id, ...time, statusName: "scheduled" }, 202);
    const entries = store(id, request, nowMs).map(sentEntry);
    if (state.modes().outOfOrder) entries.reverse();
    return ok({ requestId: id, ...time, statusName: "processing", messages: entries }, 202);
  }

  return {
    send(json: unknown): Answer {
      const known = { channels: [...state.channels.values()], templates: [...state.templates.values()] };
      const read = readSendBody(json, known, { strict: settings.strict, nowMs: clock.now() });
      if ("refusal" in read) return refused(read.refusal);
      const numbers = read.request.entries.map(({ to }) => to);
      return refuseForQuota(numbers, state) ?? spoilAnswer(answerSend(read.request), numbers, state);
    },

    list(query: Query): Answer {
      const read = readListQuery(query, "alimtalk");
      if ("refusal" in read) return refused(read.refusal);
      const { requestId: id, plusFriendId, filters } = read.list;
      const reservation = id === undefined ? undefined : reservations.get(id);
      if (reservation?.state === "READY" || reservation?.state === "PROCESSING") {
        return ok({ requestId: id, statusCode: "202", statusName: "reserved" });
      }
      const candidates = id === undefined ? messages.all() : messages.ofRequest(id);
      const stateOf = ({ result, requestStatus }: AlimtalkMessage) =>
        requestStatus.name === "fail" ? undefined : (result?.name ?? "processing");
      return answerList(read.list, candidates, state, {
        days: settings.listDays,
        show: listedMessage,
        fits: (message) =>
          (plusFriendId === undefined || message.plusFriendId === plusFriendId) &&
          (filters.templateCode === undefined || message.template.templateCode === filters.templateCode) &&
          (filters.requestStatusName === undefined || message.requestStatus.name === filters.requestStatusName) &&
          (filters.messageStatusName === undefined || stateOf(message) === filters.messageStatusName),
      });
    },

    single(id: string): Answer {
      const message = messages.ofId(id);
      const isOld = message !== undefined && clock.now() - message.requestAtMs > settings.listDays * 86_400_000;
      return message === undefined || isOld ? refused(nothingFound) : ok(singleMessage(message, settings.smsServiceId));
    },

    channels(): Answer {
      const ids = { serviceId: settings.alimtalkServiceId, smsServiceId: settings.smsServiceId };
      const { spelledDeleting } = state.modes();
      return ok([...state.channels.values()].map((each) => shownChannel(each, ids, state.sinceMs, spelledDeleting)));
    },

    templates({ channelId, templateCode, templateName, pageSize = "100", pageIndex = "0" }: Query): Answer {
      if (!channelId) return refused(sensError(400, "channelId is required"));
      const size = Number(pageSize);
      const index = Number(pageIndex);
      if (!Number.isInteger(size) || size < 1 || size > 100) return refused(sensError(400, "pageSize: 1 to 100"));
      if (!Number.isInteger(index) || index < 0) return refused(sensError(400, "pageIndex: 0 or more"));
      const found = [...state.templates.values()].filter(
        (template) =>
          template.channelId === channelId &&
          (templateCode === undefined || template.templateCode === templateCode) &&
          (templateName === undefined || (template.templateName ?? template.templateCode).includes(templateName)),
      );
      const page = found.slice(index * size, (index + 1) * size);
      return ok(page.map((template) => shownTemplate(template, state.sinceMs, templateCode !== undefined)));
    },

    reserveStatus(id: string): Answer {
      const reservation = reservations.get(id);
      return reservation === undefined ? refused(nothingFound) : ok(shownReservation(reservation));
    },

    cancel(id: string): Answer {
      const refusal = reservations.cancel(id);
      return refusal === undefined ? ok(undefined, 204) : refused(refusal);
    },
  };
}

export type AlimtalkService = ReturnType<typeof createAlimtalkService>;
