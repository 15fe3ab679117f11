import { parseDuration } from "@hikyaku/core";
import type { CampaignOptions } from "@hikyaku/producer";
import type { Command } from "commander";
import { oneOf, wholeNumber } from "../option-values.ts";
import { addClassOptions, type ClassOptions, classFieldsOf } from "./class-options.ts";
import type { Said } from "./read-said.ts";

/** What a campaign says and how it is sent, as options of `create` and `send`. */
export interface ContentOptions extends ClassOptions {
  route: string;
  text?: string;
  textFile?: string;
  contentFile?: string;
  name?: string;
  key?: string;
  priority?: number;
  window?: string;
  startAt?: string;
  validFor?: string;
  onUnknown?: "hold" | "resend";
  fallbackAfter?: string;
  fallbackOnUnknown?: boolean;
  fallbackOnRejected?: boolean;
  fallbackRoute?: string;
  fallbackText?: string;
  fallbackContentFile?: string;
  fallbackTo?: string;
}

/** What follows a message that does not arrive, as options of all that send. */
export function addFallbackOptions(command: Command): Command {
  return command
    .option(
      "--fallback-after <duration>",
      "who has not got it on +Message by then gets the SMS of the content, e.g. 4h",
    )
    .option("--fallback-on-unknown", "also where nobody knows whether it went out; some may then get both")
    .option("--fallback-on-rejected", "also where the gateway refused it, at once")
    .option("--fallback-route <name>", "over another route, e.g. an SMS route behind AlimTalk (default: the same)")
    .option("--fallback-text <text>", "what it says there (default: the part of the content that stands alone)")
    .option("--fallback-content-file <file>", "the same as a content, from a YAML or JSON file")
    .option("--fallback-to <column>", "the column with the number for it, where the routes reach different numbers");
}

export type FallbackField =
  | "fallbackAfter"
  | "fallbackOnUnknown"
  | "fallbackOnRejected"
  | "fallbackRoute"
  | "fallbackText"
  | "fallbackTo";

/** As the producer takes them; a content from a file is among what is said. */
export function fallbackOf(options: Pick<ContentOptions, FallbackField>): Pick<CampaignOptions, FallbackField> {
  const { fallbackAfter, fallbackOnUnknown, fallbackOnRejected, fallbackRoute, fallbackText, fallbackTo } = options;
  return {
    ...(fallbackAfter === undefined ? {} : { fallbackAfter }),
    ...(fallbackOnUnknown ? { fallbackOnUnknown } : {}),
    ...(fallbackOnRejected ? { fallbackOnRejected } : {}),
    ...(fallbackRoute === undefined ? {} : { fallbackRoute }),
    ...(fallbackText === undefined ? {} : { fallbackText }),
    ...(fallbackTo === undefined ? {} : { fallbackTo }),
  };
}

/** What a campaign is, once. */
export function addContentOptions(command: Command): Command {
  return addTemplateOptions(command.requiredOption("-r, --route <name>", "route to send over"))
    .option("-k, --key <key>", "your own name for the campaign; the same key never sends twice")
    .option("--start-at <time>", "ISO 8601 with offset, e.g. 2026-12-01T10:00:00+09:00 (default: at once)");
}

/** What a campaign says and how it is sent, whenever that is. */
export function addTemplateOptions(command: Command): Command {
  command
    .option("-t, --text <text>", "the text; every #{name} is filled in from the column of that name")
    .option("--text-file <file>", "the text from a UTF-8 file")
    .option(
      "--content-file <file>",
      "instead of a text: the content from a YAML or JSON file, e.g. a card with its SMS",
    )
    .option("--name <name>", "name for people (default: the key)");
  addClassOptions(command, "advertising")
    .option(
      "--priority <1-10>",
      "its share where several campaigns run: one of 10 gets ten messages where one of 1 gets one (default: 5)",
      wholeNumber(1, 10),
    )
    .option(
      "--window <times>",
      'local times at which it may go out, e.g. "09:00-20:00 Asia/Tokyo" (default: those of its class)',
    )
    .option("--valid-for <duration>", "what is not sent so long after the start expires, e.g. 2h")
    .option(
      "--on-unknown <policy>",
      "when nobody can know whether a message was taken: hold or resend (default: the route's policy)",
      oneOf(["hold", "resend"]),
    );
  return addFallbackOptions(command);
}

/** As the producer takes them; `startAt` is left to the start. */
export function toCampaignOptions(
  options: ContentOptions,
  { key, said }: { key: string; said: Said },
): CampaignOptions {
  const { route, name, priority, window, onUnknown } = options;
  return {
    ...{ key, route, ...said },
    ...(name === undefined ? {} : { name }),
    ...(priority === undefined ? {} : { priority }),
    ...(window === undefined ? {} : { window }),
    ...(onUnknown === undefined ? {} : { onUnknown }),
    ...classFieldsOf(options),
    ...fallbackOf(options),
    ...validityOf(options),
  };
}

/** A validity counts from the start, which is given apart: from a given start the end is known now. */
function validityOf({ startAt, validFor }: ContentOptions): Pick<CampaignOptions, "validFor" | "validUntil"> {
  if (validFor === undefined) return {};
  const start = startAt === undefined ? Number.NaN : Date.parse(startAt);
  const length = parseDuration(validFor);
  return Number.isNaN(start) || !length.ok ? { validFor } : { validUntil: new Date(start + length.ms) };
}
