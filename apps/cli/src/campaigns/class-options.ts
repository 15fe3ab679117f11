import {
  type MessageClass,
  messageClasses,
  type OverridableRule,
  overridableRules,
  type RuleOverride,
} from "@hikyaku/core";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { CliError } from "../cli-error.ts";
import { nameAndValue, oneOf } from "../option-values.ts";

/** What a campaign or message says of its class. */
export interface ClassOptions {
  class?: MessageClass;
  overrideWindow?: string;
  override?: Record<string, string>;
}

export function addClassOptions(command: Command, otherwise: string): Command {
  return command
    .option(
      "--class <class>",
      `what it is for: ${messageClasses.join(", ")} (default: the route's, else ${otherwise})`,
      oneOf(messageClasses),
    )
    .option("--override-window <reason>", "let it go out beyond the delivery window of its class; the reason is kept")
    .option(
      "--override <rule=reason>",
      `set another rule of its class aside: ${overridableRules.filter((rule) => rule !== "window").join(", ")}; as often as there are`,
      ruleAndReason,
    );
}

/** As the producer takes them. @throws CliError when the window is overridden twice */
export function classFieldsOf(options: ClassOptions): { class?: MessageClass; overrides?: RuleOverride[] } {
  const { class: messageClass, overrideWindow, override = {} } = options;
  const overrides = Object.entries(override).map(([rule, reason]) => ({ rule: rule as OverridableRule, reason }));
  if (overrideWindow !== undefined) {
    if (override.window !== undefined) {
      throw new CliError("--override-window and --override window=… are both given.", {
        mend: "Leave one of them out.",
        exitCode: 2,
      });
    }
    overrides.push({ rule: "window", reason: overrideWindow });
  }
  return {
    ...(messageClass === undefined ? {} : { class: messageClass }),
    ...(overrides.length === 0 ? {} : { overrides }),
  };
}

function ruleAndReason(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [[rule = "", reason = ""] = []] = Object.entries(nameAndValue(text));
  if (!overridableRules.some((each) => each === rule)) {
    throw new InvalidArgumentError(`Give one of ${overridableRules.join(", ")} before the =.`);
  }
  if (reason.trim() === "") throw new InvalidArgumentError("Give the reason behind the =.");
  return { ...before, [rule]: reason };
}
