import type { ClassRules } from "./class-rules.ts";
import { folded, readRefusalWay } from "./refusal-ways.ts";
import type { OverridableRule } from "./rule-override.ts";

/**
 * What a recipient may read, for each way in which the message may arrive: all visible texts of a card together are one way,
 * the SMS in its place is another. Each must do by itself.
 */
export type VisibleTexts = readonly (readonly string[])[];

/** Something the law wants to see in an advertising text (特定電子メール法 art. 4; protocol notes §17). */
export interface AdvertisingFault {
  rule: Extract<OverridableRule, "sender-name" | "refusal-way">;
  /** Countable: `advertising-without-sender`, `advertising-without-refusal`. */
  code: string;
  /** What is missing, and the mend. */
  message: string;
}

export interface AdvertisingCheck {
  /**
   * What is missing in a template, whatever the values of its variables will be. Its own words must have it; only a text that
   * comes whole from a column (`#{本文}`) has none, and is left to {@link ofText}.
   */
  ofTemplate(texts: VisibleTexts): AdvertisingFault[];
  /** True when a template's own words have all there must be, so that no finished text needs to be looked at. */
  isSettledBy(texts: VisibleTexts): boolean;
  /** What is missing in a finished text. */
  ofText(texts: VisibleTexts): AdvertisingFault[];
}

/** Compiles the check of one route's rules. */
export function createAdvertisingCheck({
  senderName,
  refusalWays,
}: Pick<ClassRules, "senderName" | "refusalWays">): AdvertisingCheck {
  const name = senderName === null ? null : folded(senderName);
  const ways = refusalWays.map(readRefusalWay).flatMap((read) => (read.ok ? [read.way] : []));

  const faultsOf = (text: string): AdvertisingFault[] => {
    const faults: AdvertisingFault[] = [];
    const plain = text.normalize("NFKC");
    const short = folded(plain);
    if (name === null) faults.push(noName);
    else if (!short.includes(name)) faults.push(nameMissing(senderName ?? ""));
    if (!ways.some((way) => (typeof way === "string" ? short.includes(way) : way.test(plain)))) {
      faults.push(refusalMissing(refusalWays));
    }
    return faults;
  };
  const ofText = (texts: VisibleTexts) => onePerRule(texts.flatMap((way) => faultsOf(way.join("\n"))));

  return {
    ofText,
    isSettledBy: (texts) => texts.length > 0 && ofText(texts.map((way) => way.map(ownWords))).length === 0,
    ofTemplate: (texts) =>
      onePerRule(
        texts.flatMap((way) => {
          const words = way.map(ownWords).join("\n");
          if (/[\p{L}\p{N}]/u.test(words)) return faultsOf(words);
          // Nothing can be said of it yet, but that without a name to look for no text will do.
          return name === null ? [noName] : [];
        }),
      ),
  };
}

/** The words of a template outside its places. A place ends a word: nothing is found across it. */
function ownWords(template: string): string {
  return template.replaceAll(/#\{[^}\r\n]*\}/g, "\ufffc");
}

function onePerRule(faults: readonly AdvertisingFault[]): AdvertisingFault[] {
  return faults.filter((fault, at) => faults.findIndex(({ rule }) => rule === fault.rule) === at);
}

const noName: AdvertisingFault = {
  rule: "sender-name",
  code: "advertising-without-sender",
  message:
    "no sender name is configured, so nobody can tell whether the text names its sender, which advertising must; set sender.name to your company's official name and start the workers again, or state its class (transactional, dunning) if it is no advertising",
};

function nameMissing(senderName: string): AdvertisingFault {
  return {
    rule: "sender-name",
    code: "advertising-without-sender",
    message: `the sender's name (${senderName}) is missing, which advertising must show; put it into the text, or state its class (transactional, dunning) if it is no advertising`,
  };
}

function refusalMissing(refusalWays: readonly string[]): AdvertisingFault {
  const plain = refusalWays.filter((way) => !/^\/.+\/[a-z]*$/s.test(way)).slice(0, 3);
  const examples = plain.length === 0 ? ["配信停止"] : plain;
  return {
    rule: "refusal-way",
    code: "advertising-without-refusal",
    message: `it does not say how to refuse further advertising; add that with its address, e.g. ${examples.join(", ")} (advertising.refusals has what is recognised), or state its class (transactional, dunning) if it is no advertising`,
  };
}
