import { maskNumber } from "@hikyaku/core";
import type { Metrics } from "@hikyaku/simulator";
import { count, counted } from "../output/format.ts";
import { drawPairs, drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import type { UnknownOutcome, Verdict } from "./check-promises.ts";

export interface VerdictsInput {
  verdicts: readonly Verdict[];
  unknowns: readonly UnknownOutcome[];
  metrics: Metrics;
}

export function signOf({ isKept, isPromise }: Verdict, paint: Paint): string {
  if (isKept) return paint.green("✔");
  return isPromise ? paint.red("✘ BROKEN") : paint.yellow("!");
}

/** The promises with what the gateway's log says of them, and what it met. */
export function drawVerdicts({ verdicts, unknowns, metrics }: VerdictsInput, paint: Paint): string {
  const { answers, notifications } = metrics;
  const met = [
    ["503", "too fast, or on purpose: back to the queue, all slow down, no attempt used up"],
    ["500", "gateway fault: tried again with growing pauses"],
    ["502", "gateway fault: tried again with growing pauses"],
    ["504", "not reached: tried again with growing pauses"],
    ["400", "refused: not tried again"],
    ["closed", "cut before an answer: unknown, never sent again blindly"],
    ["gone", "no answer in time: unknown, never sent again blindly"],
  ].flatMap(([answer = "", what = ""]) => (answers[answer] ? [[answer, count(answers[answer]), what]] : []));
  const parts = [
    paint.bold("Checked against the simulator's own log\n") +
      drawPairs(
        verdicts.map((verdict) => [signOf(verdict, paint), `${verdict.what}: ${verdict.detail}`] as const),
        paint,
      ),
    paint.bold("What the gateway answered besides 202\n") +
      drawTable([{ header: "ANSWER" }, { header: "TIMES", align: "right" }, { header: "" }], met, paint),
    `Notifications: ${count(notifications.notifications)} sent by the gateway in ${count(notifications.posts)} posts, slowest answer ${Math.round(notifications.slowestAnswerMs)} ms of 500 ms.\n`,
  ];
  const broken = (answers.closed ?? 0) + (answers.gone ?? 0);
  const settled = broken - unknowns.length;
  if (settled > 0) {
    parts.push(
      `Of ${counted(broken, "attempt")} without an answer, ${count(settled)} became certain by a receipt that came later for the same number.\n`,
    );
  }
  if (unknowns.length > 0) {
    const lines = unknowns.map(
      ({ recipient, isTaken }) => `  ${maskNumber(recipient)}  the gateway ${isTaken ? "had" : "had not"} taken it`,
    );
    parts.push(
      [
        `${paint.bold(counted(unknowns.length, "unknown outcome"))}: the connection broke before the answer, and no receipt has come that would tell.`,
        "Sending again could reach the same person twice, so it is left to you: hikyaku unknown list | resend | close.",
        "Only the simulator can know what is true of them:",
        ...lines,
        "",
      ].join("\n"),
    );
  }
  return parts.join("\n");
}
