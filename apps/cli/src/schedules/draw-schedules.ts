import type { CampaignPreview, Schedule, ScheduleRun } from "@hikyaku/producer";
import { count, counted, moment } from "../output/format.ts";
import { drawPairs, drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import { daysText } from "./read-days.ts";

/** `mon, fri 10:00 Asia/Tokyo` */
function whenText({ weekdays, at, timeZone }: Schedule): string {
  return `${daysText(weekdays)} ${at} ${timeZone}`;
}

/** In the time zone of the schedule: `2026-12-01 10:00`. */
function localMoment(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
}

export function drawScheduleList(schedules: readonly Schedule[], paint: Paint): string {
  return drawTable(
    [
      { header: "CODE", maxWidth: 30 },
      { header: "STATE" },
      { header: "WHEN", maxWidth: 44 },
      { header: "UNTIL" },
      { header: "ROUTE", maxWidth: 20 },
      { header: "RECIPIENTS", align: "right" },
      { header: "NEXT RUN" },
      { header: "LAST RUN" },
    ],
    schedules.map((schedule) => [
      schedule.code,
      paintState(schedule.state, paint),
      whenText(schedule),
      schedule.until,
      schedule.route,
      schedule.recipients === null ? "–" : count(schedule.recipients),
      schedule.nextRuns[0] ? localMoment(schedule.nextRuns[0].at, schedule.timeZone) : "–",
      schedule.lastRun ? `${schedule.lastRun.day} ${paintState(schedule.lastRun.state, paint)}` : "–",
    ]),
    paint,
  );
}

export function drawSchedule(schedule: Schedule, runs: readonly ScheduleRun[], paint: Paint): string {
  const { code, description, state, timeZone, from, until, missed, route, recipients, nextRuns, template } = schedule;
  const options = Object.entries(template).filter(([name]) => !["route", "text", "content"].includes(name));
  const said = template.text ?? JSON.stringify(template.content);
  const parts = [
    drawPairs(
      [
        ["schedule", paint.bold(code)],
        ...(description === "" ? [] : ([["description", description]] as const)),
        ["state", paintState(state, paint)],
        ["when", `${whenText(schedule)}, from ${from} until ${until}`],
        ["missed runs", missed],
        ["route", route],
        ["recipients", recipients === null ? "none yet: import them" : count(recipients)],
        ["says", String(said)],
        ...options.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const),
      ],
      paint,
    ),
  ];
  if (nextRuns.length > 0) {
    parts.push(
      drawTable(
        [{ header: "NEXT RUNS" }, { header: `IN ${timeZone}` }, { header: "HERE" }],
        nextRuns.map(({ day, at }) => [day, localMoment(at, timeZone), moment(at)]),
        paint,
      ),
    );
  }
  if (runs.length > 0) {
    parts.push(
      drawTable(
        [
          { header: "RUNS" },
          { header: "STATE" },
          { header: "CAMPAIGN", maxWidth: 60 },
          { header: "RECIPIENTS", align: "right" },
          { header: "REASON", maxWidth: 80 },
        ],
        runs.map(({ day, state: how, campaignKey, recipients: sent, reason }) => [
          day,
          paintState(how, paint),
          campaignKey ?? "–",
          sent === null ? "–" : count(sent),
          reason ?? "",
        ]),
        paint,
      ),
    );
  }
  return parts.join("\n");
}

/** What a run would be, after its recipients or its content have changed. */
export function checkedText({ recipients, suppressed, segments, rejected, duplicates }: CampaignPreview): string {
  return [
    `${counted(recipients, "recipient")}, ${counted(segments, "billable part")} a run`,
    ...(suppressed > 0 ? [`; ${count(suppressed)} of them on the suppression list get nothing`] : []),
    ...(rejected + duplicates > 0
      ? [`; ${counted(rejected, "row")} rejected, ${counted(duplicates, "duplicate")} left out`]
      : []),
    "\n",
  ].join("");
}

/** The next runs in a sentence. */
export function nextText({ nextRuns, timeZone, state }: Schedule): string {
  if (nextRuns.length === 0) return `No run is due: ${state}.\n`;
  return `Next runs: ${nextRuns.map(({ at }) => localMoment(at, timeZone)).join(", ")} (${timeZone}).\n`;
}

function paintState(state: string, paint: Paint): string {
  if (state === "missed" || state === "failed") return paint.red(state);
  if (state === "active" || state === "started") return paint.green(state);
  return state === "paused" || state === "no-recipients" ? paint.yellow(state) : state;
}
