import { defaultOptOutWords, wordMatches } from "@hikyaku/core";
import * as z from "zod";
import { duration } from "./duration.ts";
import { section } from "./section.ts";

// As the sections of shared-sections.ts: once at the top with the defaults, once more under a route, where each value given wins.

const linkWithin = () => duration({ atLeast: "1m", atMost: "90d" });
const words = () => z.array(z.string().min(1).max(100)).max(200);
const match = () => z.enum(wordMatches);
const scope = () => z.enum(["route", "all"]);

const text = {
  linkWithin: "A reply without a reference answers the latest message to that number if it was sent no longer before.",
  optOutWords:
    "Words in a reply or on a tapped button that add a suppression; `[]` for none. Compared without regard to width (NFKC), case, spaces, and punctuation around them.",
  optOutMatch: "`whole`: the reply must be the word and nothing else; `contains`: the word anywhere in it.",
  optOutScope:
    "Whether such a suppression holds on `all` routes, as a refusal by law does, or on the `route` that was answered, where notices have routes of their own.",
  optInWords: "Words that lift a suppression which a reply had added; without any, only a person lifts one.",
};

export const repliesSection = section({
  linkWithin: linkWithin().prefault("7d").describe(text.linkWithin),
  optOutWords: words()
    .prefault([...defaultOptOutWords])
    .describe(text.optOutWords),
  optOutMatch: match().prefault("whole").describe(text.optOutMatch),
  optOutScope: scope().prefault("all").describe(text.optOutScope),
  optInWords: words().prefault([]).describe(text.optInWords),
});

export const repliesOverride = section({
  linkWithin: linkWithin().optional().describe(text.linkWithin),
  optOutWords: words().optional().describe(text.optOutWords),
  optOutMatch: match().optional().describe(text.optOutMatch),
  optOutScope: scope().optional().describe(text.optOutScope),
  optInWords: words().optional().describe(text.optInWords),
});
