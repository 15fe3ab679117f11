import { refuseForQuota, spoilAnswer } from "./after-store.ts";
import { type Answer, ok, refused } from "./answer.ts";
import { requestId, reservedRequestId } from "./ids.ts";
import { answerList } from "./list-page.ts";
import { readListQuery } from "./list-query.ts";
import { nothingFound } from "./refusal.ts";
import { shownReservation } from "./reservations.ts";
import { readSmsBody, type SmsRequest } from "./sms-body.ts";
import type { SensState } from "./state.ts";
import { withMilliseconds } from "./times.ts";
import { listedSms } from "./views.ts";

/** SMS are listed for 90 days (protocol notes §14.3). */
const listDays = 90;

/** Sending, asking and reserving SMS (protocol notes §14). */
export function createSmsService(state: SensState) {
  const { clock, sms, smsReservations: reservations } = state;

  function store(id: string, request: SmsRequest, atMs: number): void {
    for (const entry of request.entries) state.delivery.beginSms(request, entry, id, atMs);
  }

  function answerSend(request: SmsRequest): Answer {
    const nowMs = clock.now();
    const time = { requestTime: withMilliseconds(nowMs), statusCode: "202" };
    if (request.reserve !== null) {
      const id = reservedRequestId("RSSA", nowMs);
      reservations.add(id, request.reserve, (atMs) => store(id, request, atMs));
      return ok({ requestId: id, ...time, statusName: "reserved" }, 202);
    }
    const id = requestId(request.type === "SMS" ? "RSMA" : "RSLA", nowMs);
    store(id, request, nowMs);
    return ok({ requestId: id, ...time, statusName: "success" }, 202);
  }

  return {
    files: state.files,
    optOuts: state.optOuts,

    send(json: unknown): Answer {
      const approved = [...state.numbers].flatMap(([number, isApproved]) => (isApproved ? [number] : []));
      const read = readSmsBody(json, {
        approvedNumbers: new Set(approved),
        isFile: state.files.isKept,
        nowMs: clock.now(),
      });
      if ("refusal" in read) return refused(read.refusal);
      const numbers = read.request.entries.map(({ to }) => to);
      return refuseForQuota(numbers, state) ?? spoilAnswer(answerSend(read.request), numbers, state);
    },

    list(query: Readonly<Record<string, string>>): Answer {
      const read = readListQuery(query, "sms");
      if ("refusal" in read) return refused(read.refusal);
      const { requestId: id, filters } = read.list;
      const reservation = id === undefined ? undefined : reservations.get(id);
      if (reservation?.state === "READY" || reservation?.state === "PROCESSING") {
        return ok({ requestId: id, statusCode: "202", statusName: "reserved" });
      }
      const equal = ["type", "contentType", "countryCode", "status", "statusName", "from"] as const;
      return answerList(read.list, id === undefined ? sms.all() : sms.ofRequest(id), state, {
        days: listDays,
        show: listedSms,
        fits: (message) => equal.every((field) => filters[field] === undefined || message[field] === filters[field]),
      });
    },

    /** Wrapped, unlike AlimTalk's. */
    single(id: string): Answer {
      const message = sms.ofId(id);
      return message === undefined
        ? refused(nothingFound)
        : ok({ statusCode: "200", statusName: "success", messages: [listedSms(message)] });
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

export type SmsService = ReturnType<typeof createSmsService>;
