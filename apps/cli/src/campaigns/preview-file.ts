import { deliveryWindowText } from "@hikyaku/core";
import type { CampaignPreview, Producer } from "@hikyaku/producer";
import type { Cli, ExitCode } from "../cli.ts";
import { type RecipientFile, rowSource } from "../csv/recipient-file.ts";
import { count, counted } from "../output/format.ts";
import { printResult } from "../output/print-result.ts";
import { drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";
import { toCampaignOptions } from "./campaign-options.ts";
import { toRejectedRow } from "./import-file.ts";
import type { Said } from "./read-said.ts";
import type { SendOptions } from "./send-options.ts";
import { tellWarnings } from "./tell-warnings.ts";

export interface PreviewFileInput {
  cli: Cli;
  options: SendOptions;
  producer: Producer;
  file: RecipientFile;
  said: Said;
}

/** What a file's campaign would be, with the reasons of the rows that would not be taken. */
export interface FilePreview extends Omit<CampaignPreview, "rejections"> {
  encoding: string;
  rejectedByCode: { code: string; rows: number; firstLine: number; reason: string }[];
}

/** The dry run: reads, checks and renders everything and writes nothing. */
export async function previewFile({ cli, options, producer, file, said }: PreviewFileInput): Promise<ExitCode> {
  const byCode = new Map<string, FilePreview["rejectedByCode"][number]>();
  const { rejections: _, ...preview } = await producer.previewCampaign({
    ...toCampaignOptions(options, { key: options.key ?? "preview", said }),
    recipients: file.rows,
    lineOf: (row) => row[rowSource].line,
    signal: cli.interruption().once,
    onRejected(rejection) {
      const { code, reason, line } = toRejectedRow(rejection);
      const known = byCode.get(code);
      if (known === undefined) byCode.set(code, { code, rows: 1, firstLine: line, reason });
      else known.rows += 1;
    },
  });
  const rejectedByCode = [...byCode.values()].sort((one, other) => other.rows - one.rows);
  const result: FilePreview = { ...preview, encoding: file.encoding, rejectedByCode };
  tellWarnings(cli.terminal, preview.warnings);
  printResult(cli, options, result, (paint) => drawPreview(result, paint));
  const isRefused = options.strict === true && preview.rejected + preview.duplicates > 0;
  if (isRefused) cli.terminal.err.write("With --strict this file would be refused as a whole.\n");
  const isForNobody = preview.recipients === 0;
  if (isForNobody && !isRefused) cli.terminal.err.write("Nobody would get it: no row would be taken.\n");
  return isRefused || isForNobody ? 1 : 0;
}

function drawPreview(preview: FilePreview, paint: Paint): string {
  const {
    recipients,
    suppressed,
    segments,
    secondLegRoute,
    secondLegSegments,
    rejected,
    duplicates,
    samples,
    rejectedByCode,
  } = preview;
  const receive = recipients - suppressed;
  const times = preview.windows.length === 0 ? "at any time" : preview.windows.map(deliveryWindowText).join(", and ");
  const parts = [
    [
      `${paint.bold(counted(receive, "recipient"))} would get ${counted(segments, "billable part")} over ${preview.route} (read as ${preview.encoding})`,
      ...(secondLegSegments > 0
        ? [
            `${counted(secondLegSegments, "billable part")} more${secondLegRoute === preview.route ? "" : ` over ${secondLegRoute}`} if everybody needed the second leg`,
          ]
        : []),
      `as ${preview.class}, ${times}`,
      ...(suppressed > 0 ? [`${counted(suppressed, "recipient")} on the suppression list would get nothing`] : []),
      ...(rejected + duplicates > 0
        ? [`${counted(rejected, "row")} would be rejected, ${counted(duplicates, "duplicate")} left out`]
        : []),
      "",
    ].join("\n"),
  ];
  if (rejectedByCode.length > 0) {
    parts.push(
      drawTable(
        [
          { header: "ROWS NOT TAKEN" },
          { header: "ROWS", align: "right" },
          { header: "FIRST LINE", align: "right" },
          { header: "REASON THERE", maxWidth: 80 },
        ],
        rejectedByCode.map(({ code, rows, firstLine, reason }) => [code, count(rows), String(firstLine), reason]),
        paint,
      ),
    );
  }
  for (const { line, to, text, secondText, segments: own } of samples) {
    parts.push(`${paint.dim(`line ${line}, to ${to}, ${counted(own, "part")}:`)}\n${text.replace(/^/gm, "  ")}\n`);
    if (secondText !== null) {
      parts.push(
        `${paint.dim(`  when it does not arrive, over ${secondLegRoute}:`)}\n${secondText.replace(/^/gm, "    ")}\n`,
      );
    }
  }
  parts.push(paint.dim("A dry run: nothing was written and nothing is sent.\n"));
  return parts.join("\n");
}
