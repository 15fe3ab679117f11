import type { Command } from "commander";
import {
  addFallbackOptions,
  type ContentOptions,
  type FallbackField,
  fallbackOf,
} from "../../campaigns/campaign-options.ts";
import { addClassOptions, type ClassOptions, classFieldsOf } from "../../campaigns/class-options.ts";
import { readSaid } from "../../campaigns/read-said.ts";
import { tellWarnings } from "../../campaigns/tell-warnings.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { nameAndValue } from "../../option-values.ts";
import { counted, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

interface MessageSendOptions
  extends GlobalOptions,
    ClassOptions,
    Pick<ContentOptions, FallbackField | "fallbackContentFile"> {
  route: string;
  to: string;
  text?: string;
  textFile?: string;
  contentFile?: string;
  var?: Record<string, string>;
  validFor?: string;
  validUntil?: string;
  idempotencyKey?: string;
  consentAt?: string;
  consentSource?: string;
}

export function addSend(message: Command, cli: Cli): void {
  const command = addFallbackOptions(message.command("send"))
    .requiredOption("-r, --route <name>", "route to send over")
    .requiredOption("--to <number>", "the recipient, in any usual spelling")
    .option("-t, --text <text>", "the text; #{name} is filled in by --var name=value")
    .option("--text-file <file>", "the text from a UTF-8 file")
    .option(
      "--content-file <file>",
      "instead of a text: the content from a YAML or JSON file, e.g. a card with its SMS",
    )
    .option("--var <name=value>", "a value for #{name}; as often as there are", nameAndValue);
  addClassOptions(command, "transactional")
    .option("--consent-at <time>", "when the recipient agreed to advertising, e.g. 2026-04-01; kept with advertising")
    .option("--consent-source <text>", "how, e.g. a form's name")
    .option("--valid-for <duration>", "not sent so long from now, it expires, e.g. 5m")
    .option("--valid-until <time>", "the same as a moment, ISO 8601 with offset")
    .option("--idempotency-key <key>", "the same key never sends twice")
    .description("send one message, ahead of all campaigns")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<MessageSendOptions>();
        const { route, to, validFor, validUntil, idempotencyKey, consentAt, consentSource } = options;
        const said = await readSaid(options, cli.cwd);
        return await useProducer(cli, options, async (producer) => {
          const result = await producer.sendMessage(
            {
              ...{ route, to, ...said, variables: options.var ?? {} },
              ...classFieldsOf(options),
              ...(consentAt === undefined ? {} : { consentAt }),
              ...(consentSource === undefined ? {} : { consentSource }),
              ...(validFor === undefined ? {} : { validFor }),
              ...(validUntil === undefined ? {} : { validUntil }),
              ...fallbackOf(options),
            },
            idempotencyKey === undefined ? {} : { idempotencyKey },
          );
          tellWarnings(
            cli.terminal,
            result.warnings.map((warning) => ({ ...warning, rows: 0, firstLine: null })),
          );
          printResult(cli, options, result, () => {
            if (!result.created) return `Message ${result.id} was sent by this key before; it is ${result.state}.\n`;
            if (result.state === "suppressed")
              return `Message ${result.id} is not sent: the recipient is on the suppression list.\n`;
            if (result.waitsUntil !== null)
              return `Message ${result.id} waits for its delivery window, which opens at ${moment(result.waitsUntil)}.\n`;
            return `Message ${result.id} is on its way (${counted(result.segments, "billable part")}). See it: hikyaku message show ${result.id}\n`;
          });
          return 0;
        });
      }),
    );
}
