import {
  findMessage,
  findOtherLeg,
  type InboundRow,
  listInbound,
  type MessageRow,
  messageHistory,
  messagesOfRecipient,
  plannedFallbackAt,
  type Sql,
} from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";
import { renderedText } from "@hikyaku/views";
import type { Command } from "commander";
import { paintState } from "../../campaigns/draw-report.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { drawInbound } from "../../inbound/draw-inbound.ts";
import { inboundView } from "../../inbound/inbound-view.ts";
import { readNumber } from "../../messages/read-number.ts";
import { shownMessage, shownNumber } from "../../messages/shown-message.ts";
import { id, wholeNumber } from "../../option-values.ts";
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
    .argument("[id]", "id of the message", id)
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
          const showNumbers = options.showNumbers ?? false;
          const recipient = options.to === undefined ? null : await readNumber(sql, options.to);
          const found = recipient === null ? await messageOf(sql, id ?? "") : await messagesTo(sql, recipient, options);
          const told: Told[] = [];
          for (const each of found) told.push(await tell(sql, each, options));
          const views = told.map(({ message: row, history, text, answers }) => ({
            ...shownMessage(row, { showNumbers }),
            ...(text === null ? {} : { text }),
            history,
            inbound: answers.map((each) => inboundView(each, { showNumbers })),
          }));
          const others = recipient === null ? [] : await otherReplies(sql, recipient, found);
          const [view, otherLeg = null] = views;
          printResult(cli, options, id === undefined ? views : { ...view, otherLeg }, (paint) => {
            const parts = told.map((each) => draw(each, showNumbers, paint));
            if (others.length > 0) {
              parts.push(`${paint.bold("replies to none of these")}\n${drawInbound(others, { showNumbers }, paint)}`);
            }
            return parts.length === 0 ? "Nothing was ever sent to this number.\n" : parts.join("\n");
          });
          return 0;
        });
      }),
    );
}

type Told = Awaited<ReturnType<typeof tell>>;

async function tell(sql: Sql, message: MessageRow, { showText }: ShowOptions) {
  const history = await messageHistory(sql, { id: message.id });
  const answers = await listInbound(sql, { messageId: message.id, limit: mostReplies });
  return {
    message,
    history: [...history],
    text: showText ? await renderedText({ sql, findProvider }, message) : null,
    answers,
  };
}

const mostReplies = 100;

async function messagesTo(sql: Sql, recipient: string, { limit }: ShowOptions): Promise<MessageRow[]> {
  return await messagesOfRecipient(sql, { recipient, limit });
}

/** What the recipient did that stands under none of the messages: nobody knows which one is meant, or that one is older. */
async function otherReplies(sql: Sql, recipient: string, messages: readonly MessageRow[]): Promise<InboundRow[]> {
  const shown = new Set(messages.map(({ id }) => id));
  const all = await listInbound(sql, { recipient, limit: mostReplies });
  return all.filter(({ messageId }) => messageId === null || !shown.has(messageId));
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

function draw({ message, history, text, answers }: Told, showNumbers: boolean, paint: Paint): string {
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
  if (message.class !== null) pairs.push(["class", message.class]);
  for (const { rule, reason, by } of message.overrides ?? []) pairs.push(["set aside", `${rule}: ${reason} (${by})`]);
  if (message.consentAt !== null || message.consentSource !== null)
    pairs.push(["consent", `${moment(message.consentAt)} ${message.consentSource ?? ""}`.trimEnd()]);
  if (message.providerMessageId !== null) pairs.push(["carrier's id", message.providerMessageId]);
  if (text !== null) pairs.push(["text", text]);
  const table = drawTable(
    [{ header: "AT" }, { header: "WHAT" }, { header: "", maxWidth: 100 }],
    history.map(({ at, what, detail }) => [moment(at), what, detail ?? ""]),
    paint,
  );
  const replies = answers.length === 0 ? "" : `\n${drawInbound(answers, { showNumbers }, paint)}`;
  return `${drawPairs(pairs, paint)}\n${table}${replies}`;
}

/** How it stands to its other leg, where it has or may get one. */
function legPairs(message: MessageRow): [string, string][] {
  if (message.leg === 2) return [["leg", `2, follows ${message.firstLeg}`]];
  if (message.fallbackAfterMs === null) return [];
  const at = plannedFallbackAt(message);
  return [["leg", at === null ? "1" : `1, followed at ${moment(at)} unless it has arrived`]];
}
