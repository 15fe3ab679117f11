import type { TemplateAction } from "@hikyaku/core";
import type { CarrierAccountRow } from "@hikyaku/ledger";
import { moment } from "../output/format.ts";
import { drawPairs, drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import type { TemplateView } from "./template-view.ts";

/** Templates as a table, and below it how old the copy is. */
export function drawTemplates(
  templates: readonly TemplateView[],
  accounts: readonly CarrierAccountRow[],
  paint: Paint,
): string {
  const table =
    templates.length === 0
      ? "No templates.\n"
      : drawTable(
          [
            { header: "ROUTE" },
            { header: "CODE" },
            { header: "NAME", maxWidth: 30 },
            { header: "STATE" },
            { header: "TEXT", maxWidth: 50 },
            { header: "CHANGED" },
          ],
          templates.map((each) => [
            each.route,
            each.code,
            each.name ?? "",
            paintState(each, paint),
            each.text.replaceAll(/\s+/g, " "),
            moment(each.changedAt),
          ]),
          paint,
        );
  return `${table}${accounts.map((account) => ageOf(account, paint)).join("")}`;
}

/** `kakao: read 2026-11-26 10:00; the newest attempt failed: HTTP 401` */
export function ageOf({ route, refreshedAt, triedAt, error }: CarrierAccountRow, paint: Paint): string {
  const read = refreshedAt === null ? "never read yet" : `read ${moment(refreshedAt)}`;
  const failed = error === null ? "" : paint.red(`; the attempt of ${moment(triedAt)} failed: ${error}`);
  return `${paint.dim(`${route}: ${read}`)}${failed}\n`;
}

const actionNames: Readonly<Record<TemplateAction, string>> = {
  send: "send by it",
  edit: "edit it",
  delete: "delete it",
  inquire: "ask the inspector",
};

/** One template with what the carrier's console would let be done with it. */
export function drawTemplate(template: TemplateView, paint: Paint): string {
  const pairs: [string, string][] = [
    ["template", paint.bold(template.code)],
    ["name", template.name ?? ""],
    ["route", template.route],
    ...(template.channel === null ? [] : [["channel", template.channel] satisfies [string, string]]),
    ["state", `${paintState(template, paint)} (${template.state})`],
    ["changed", moment(template.changedAt)],
    ["variables", template.variables.join(", ") || "none"],
    ...(Object.entries(template.actions) as [TemplateAction, string | null][]).map(
      ([action, fault]): [string, string] => [
        actionNames[action],
        fault === null ? paint.green("yes") : `no: ${fault}`,
      ],
    ),
  ];
  const buttons = template.buttons.map(
    ({ type, means, name, links }) =>
      `  [ ${name} ]  ${type}, ${means}${links.map((link) => `\n      ${link}`).join("")}\n`,
  );
  const comments = template.comments.map((comment) => `  ${comment.replaceAll("\n", "\n  ")}\n`);
  return [
    drawPairs(pairs, paint),
    `${template.text.replace(/^/gm, "  ")}\n`,
    ...(buttons.length === 0 ? [] : [buttons.join("")]),
    ...(comments.length === 0 ? [] : [`${paint.bold("the inspectors' comments")}\n${comments.join("")}`]),
  ].join("\n");
}

function paintState({ means, actions, state }: TemplateView, paint: Paint): string {
  if (actions.send === null) return paint.green(means);
  return state === "REJECT" ? paint.red(means) : paint.yellow(means);
}
