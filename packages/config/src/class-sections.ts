import {
  type ClassRules,
  type DeliveryWindow,
  defaultClassRules,
  messageClasses,
  parseDeliveryWindow,
  readRefusalWay,
} from "@hikyaku/core";
import * as z from "zod";
import { section } from "./section.ts";

// What holds for messages by their class. Like retries and status checks these stand at the top for all routes and may
// stand again under one, where each value given there wins.

const classText =
  "Class of campaigns and single messages that state none. Without it a campaign is advertising, a single message transactional.";
const nameText = "Official name of the sender, which every advertising text must show (特定電子メール法 art. 4).";
const refusalsText =
  "How advertising texts may say where to refuse further ones; each must have one. A text (width, case and space do not count), a URL, or `/…/` with a regular expression.";
const requireText =
  "Whether advertising goes only to recipients with a record of consent (`consent_at` and `consent_source`); otherwise a missing one is a warning.";
const windowText = {
  advertising: "Local times at which advertising may go out; null for any time. A campaign may narrow it.",
  dunning: "The same for payment reminders; collectors must not make contact from 21:00 to 08:00 (貸金業法 art. 21).",
  transactional: "The same for notices: confirmations, alarms, one-time passwords.",
};

export const messageClass = z.enum(messageClasses).optional().describe(classText);

/** `09:00-20:00 Asia/Tokyo` */
function deliveryWindow(): z.ZodType<DeliveryWindow, string> {
  const expected = "local times such as 09:00-20:00 Asia/Tokyo";
  return z
    .string()
    .transform((text, context): DeliveryWindow => {
      const read = parseDeliveryWindow(text);
      if (read.ok) return read.window;
      context.addIssue({ code: "custom", message: read.faults.join("; "), input: text, params: { expected } });
      return z.NEVER;
    })
    .meta({ expected });
}

const name = () =>
  z
    .string()
    .regex(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u)
    .meta({ expected: "a name on one line" });
const refusals = () =>
  z
    .array(
      z
        .string()
        .refine((way) => readRefusalWay(way).ok)
        .meta({ expected: "a text, a URL, or a regular expression between slashes" }),
    )
    .min(1);

export const windowsSection = section({
  advertising: deliveryWindow().nullable().prefault("09:00-20:00 Asia/Tokyo").describe(windowText.advertising),
  dunning: deliveryWindow().nullable().prefault("08:00-21:00 Asia/Tokyo").describe(windowText.dunning),
  transactional: deliveryWindow().nullable().prefault(null).describe(windowText.transactional),
});

export const senderSection = section({ name: name().optional().describe(nameText) });

export const advertisingSection = section({
  refusals: refusals()
    .prefault([...defaultClassRules.refusalWays])
    .describe(refusalsText),
  requireConsent: z.boolean().prefault(false).describe(requireText),
});

export const windowsOverride = section({
  advertising: deliveryWindow().nullable().optional().describe(windowText.advertising),
  dunning: deliveryWindow().nullable().optional().describe(windowText.dunning),
  transactional: deliveryWindow().nullable().optional().describe(windowText.transactional),
});

export const senderOverride = section({ name: name().optional().describe(nameText) });

export const advertisingOverride = section({
  refusals: refusals().optional().describe(refusalsText),
  requireConsent: z.boolean().optional().describe(requireText),
});

interface ClassSettings {
  class?: z.output<typeof messageClass>;
  windows: z.output<typeof windowsOverride>;
  sender: z.output<typeof senderOverride>;
  advertising: z.output<typeof advertisingOverride>;
}

/** What holds on a route: its own settings where given, the file's otherwise. */
export function classRulesOf(
  file: ClassSettings & { console: { timeZone: string } },
  route: ClassSettings,
): ClassRules {
  const windows = { ...defaultClassRules.windows };
  for (const each of messageClasses) {
    const found = route.windows[each] === undefined ? file.windows[each] : route.windows[each];
    if (found !== undefined) windows[each] = found;
  }
  return {
    defaultClass: route.class ?? file.class ?? null,
    windows,
    senderName: route.sender.name ?? file.sender.name ?? null,
    refusalWays: route.advertising.refusals ?? file.advertising.refusals ?? defaultClassRules.refusalWays,
    requireConsent: route.advertising.requireConsent ?? file.advertising.requireConsent ?? false,
    timeZone: file.console.timeZone,
  };
}
