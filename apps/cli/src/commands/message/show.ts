import {
  findMessage,
  findOtherLeg,
  type MessageRow,
  messageHistory,
  messagesOfRecipient,
  plannedFallbackAt,
  type Sql,
} from "@hikyaku/ledger";
import type { Command } from "commander";
import { paintState } from "../../campaigns/draw-report.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { messageView, shownNumber } from "../../messages/message-view.ts";
import { readNumber } from "../../messages/read-number.ts";
import { renderedText } from "../../messages/rendered-text.ts";
import { wholeNumber } from "../../option-values.ts";
import { moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawPairs, drawTable } from "../../output/table.ts";
import type { Paint } from "../../output/terminal.ts";

interface ShowOptions extends GlobalOptions {
  to?: string;
  limit: number;
  showNumbers?: boolean;
  showText?: boolean;
}

export function addShow(message: Command, cli: Cli): void {
  message
    .command("show")
    .argument("[id]", "id of the message")
    .option("--to <number>", "everything ever sent to this number, over all campaigns")
    .option("--limit <count>", "with --to: at most so many, newest first", wholeNumber(1, 1_000), 20)
    .option("--show-numbers", "numbers in full")
    .option("--show-text", "the text as its recipient reads it")
    .description("a message with its history, or the history of one recipient")
    .action(
      cli.action(async (id: string | undefined, _own, command: Command) => {
        const options = command.optsWithGlobals<ShowOptions>();
        if ((id === undefined) === (options.to === undefined)) {
          throw new CliError("It is not said which message.", {
            mend: "Give either its id or --to NUMBER.",
            exitCode: 2,
          });
        }
        return await useLedger(cli, options, async ({ sql }) => {
          const found = id === undefined ? await messagesTo(sql, options) : await messageOf(sql, id);
          const told: Told[] = [];
          for (const each of found) told.push(await tell(sql, each, options));
          const views = told.map(({ message: row, history, text }) => ({
            ...messageView(row, { showNumbers: options.showNumbers ?? false }),
            ...(text === null ? {} : { text }),
            history,
          }));
          const [view, otherLeg = null] = views;
          printResult(cli, options, id === undefined ? views : { ...view, otherLeg }, (paint) =>
            told.length === 0
              ? "Nothing was ever sent to this number.\n"
              : told.map((each) => draw(each, options.showNumbers ?? false, paint)).join("\n"),
          );
          return 0;
        });
      }),
    );
}

type Told = Awaited<ReturnType<typeof tell>>;

async function tell(sql: Sql, message: MessageRow, { showText }: ShowOptions) {
  const history = await messageHistory(sql, { id: message.id });
  return { message, history: [...history], text: showText ? await renderedText(sql, message) : null };
}

async function messagesTo(sql: Sql, { to = "", limit }: ShowOptions): Promise<MessageRow[]> {
  return await messagesOfRecipient(sql, { recipient: await readNumber(sql, to), limit });
}

async function messageOf(sql: Sql, id: string): Promise<MessageRow[]> {
  const message = await findMessage(sql, { id });
  if (message !== null) {
    const other = await findOtherLeg(sql, message);
    return other === null ? [message] : [message, other];
  }
  throw new CliError(`There is no message ${id}.`, {
    mend: "Find it by `hikyaku message list --campaign …` or `message show --to …`.",
  });
}

function draw({ message, history, text }: Told, showNumbers: boolean, paint: Paint): string {
  const pairs: [string, string][] = [
    ["message", paint.bold(message.id)],
    ["to", shownNumber(message.recipient, showNumbers)],
    ["state", `${paintState(message.state, paint)}${message.reason === null ? "" : `: ${message.reason}`}`],
    ["route", message.route],
    ...legPairs(message),
    [
      "campaign",
      message.campaignId === null
        ? "none, a single message"
        : `${message.campaignId} (line ${message.line}, round ${message.round})`,
    ],
    ["parts", String(message.segments)],
    ["attempts", String(message.attempts)],
  ];
  if (message.providerMessageId !== null) pairs.push(["carrier's id", message.providerMessageId]);
  if (text !== null) pairs.push(["text", text]);
  const table = drawTable(
    [{ header: "AT" }, { header: "WHAT" }, { header: "", maxWidth: 100 }],
    history.map(({ at, what, detail }) => [moment(at), what, detail ?? ""]),
    paint,
  );
  return `${drawPairs(pairs, paint)}\n${table}`;
}

/** How it stands to its other leg, where it has or may get one. */
function legPairs(message: MessageRow): [string, string][] {
  if (message.leg === 2) return [["leg", `2, follows ${message.firstLeg}`]];
  if (message.fallbackAfterMs === null) return [];
  const at = plannedFallbackAt(message);
  return [["leg", at === null ? "1" : `1, followed at ${moment(at)} unless it has arrived`]];
}
