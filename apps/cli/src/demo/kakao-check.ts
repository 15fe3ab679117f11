import type { MessageState } from "@hikyaku/core";
import type { SensSimulator } from "@hikyaku/simulator";
import { count } from "../output/format.ts";
import { drawPairs, drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import {
  checkPromises,
  type GatewaySide,
  type LedgerSide,
  type UnknownOutcome,
  type Verdict,
} from "./check-promises.ts";
import { signOf } from "./draw-verdicts.ts";
import { kakaoLimits } from "./kakao-settings.ts";

export interface KakaoCheck {
  verdicts: Verdict[];
  unknowns: UnknownOutcome[];
  metrics: ReturnType<SensSimulator["metrics"]>;
}

/** Compares the ledger, both legs, with the record of the simulated SENS, message by message. */
export function checkKakao(
  simulator: Pick<SensSimulator, "messages" | "sms" | "metrics">,
  { first, second }: { first: readonly LedgerSide[]; second: readonly LedgerSide[] },
): KakaoCheck {
  const metrics = simulator.metrics();
  const gateway = simulator.messages().flatMap(({ to, messageId, result }): GatewaySide[] => {
    if (messageId === null) return [];
    const state = result === null ? "pending" : result.name === "success" ? "delivered" : "failed";
    return [{ to: e164(to), state, isSilent: false }];
  });
  const overLimits =
    Math.max(0, metrics.worstSecond - kakaoLimits.tps) + Math.max(0, metrics.peakConcurrency - kakaoLimits.concurrency);
  const { verdicts, unknowns } = checkPromises({
    ...{ ledger: first, gateway, overLimits, learns: "by-asking" },
    duplicates: metrics.duplicates.count,
  });
  return { verdicts: [...verdicts, secondLegsVerdict(simulator, second)], unknowns, metrics };
}

function secondLegsVerdict(simulator: Pick<SensSimulator, "sms">, second: readonly LedgerSide[]): Verdict {
  const sms = simulator.sms();
  const states = new Map(second.map(({ recipient, state }) => [recipient, state]));
  const differing = sms.filter(({ to, statusName }) => states.get(e164(to)) !== smsStates[statusName ?? "fail"]).length;
  const sent = second.filter(({ isAccepted }) => isAccepted).length;
  const isKept = differing === 0 && sent === sms.length && new Set(sms.map(({ to }) => to)).size === sms.length;
  return {
    isKept,
    isPromise: true,
    what: "every SMS that SENS sent in a failed message's place is its second leg",
    detail: isKept
      ? `${count(sms.length)} SMS in its log, ${count(second.length - sent)} more it did not take`
      : `${count(sms.length)} SMS in its log, ${count(sent)} here, ${count(differing)} with another result`,
  };
}

const smsStates: Readonly<Record<"success" | "fail", MessageState>> = { success: "delivered", fail: "failed" };

function e164(national: string): string {
  return `+82${national.replace(/^0/, "")}`;
}

export function drawKakaoCheck({ verdicts, metrics }: KakaoCheck, paint: Paint): string {
  const { answers, requests, sends, messages } = metrics;
  const met = [
    ["cut", "the connection broke: looked up, and only what was proven missing was sent again"],
    ["500", "nobody can know whether it was taken: looked up, as above"],
    ["504", "the same"],
    ["404", "nothing there yet: asked again"],
  ].flatMap(([answer = "", what = ""]) => (answers[answer] ? [[answer, count(answers[answer]), what]] : []));
  return [
    paint.bold("Checked against the simulated SENS's own log\n") +
      drawPairs(
        verdicts.map((verdict) => [signOf(verdict, paint), `${verdict.what}: ${verdict.detail}`] as const),
        paint,
      ),
    paint.bold("What SENS answered besides 200 and 202\n") +
      drawTable([{ header: "ANSWER" }, { header: "TIMES", align: "right" }, { header: "" }], met, paint),
    `Requests: ${count(sends)} sends for ${count(messages.total)} messages, ${count(requests - sends)} questions for their results.\n`,
  ].join("\n");
}
