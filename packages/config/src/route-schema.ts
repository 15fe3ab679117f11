import { BlockList, isIP } from "node:net";
import * as z from "zod";
import { advertisingOverride, messageClass, senderOverride, windowsOverride } from "./class-sections.ts";
import { duration } from "./duration.ts";
import { eventsOverride } from "./events-section.ts";
import { repliesOverride } from "./replies-section.ts";
import { openSection, section } from "./section.ts";
import { retryOverride, statusChecksOverride, unknownOverride } from "./shared-sections.ts";

function isCidr(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? "ipv4" : "ipv6");
    return true;
  } catch {
    return false;
  }
}

const hooks = section({
  secret: z
    .string()
    .regex(/^[A-Za-z0-9._~=+-]{1,200}$/)
    .meta({
      secret: true,
      expected: "up to 200 letters, digits or . _ ~ = + -",
      description: "Last part of the notification URL `/hooks/{route}/{secret}`; unguessable, 16 characters or more.",
    }),
  allow: z
    .array(z.string().refine(isCidr).meta({ expected: "an address or a CIDR range such as 203.0.113.0/24" }))
    .prefault([])
    .describe("Source addresses that may post notifications; empty lets every address in."),
  basicAuth: section({
    user: z.string().min(1).describe("User the carrier must name."),
    password: z.string().meta({ secret: true, description: "Password the carrier must give." }),
  }).optional(),
  authorization: z
    .string()
    .min(1)
    .meta({ secret: true, description: "Whole `Authorization` header the carrier must send." })
    .optional(),
});

/** The part of a route that is the same for every carrier; the rest belongs to the provider's own schema. */
export const routeSchema = openSection({
  provider: z.string().min(1).describe("The carrier's name: `kddi`, `sens` (AlimTalk) or `sens-sms`."),
  limits: section({
    tps: z.number().gt(0).max(100_000).nullable().optional().meta({
      unit: "requests/s",
      description: "Requests per second the contract allows, over all processes; null for no limit.",
    }),
    concurrency: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .meta({ unit: "requests", description: "Requests in flight at once the contract allows, over all processes." }),
  }).prefault({}),
  hooks: hooks.optional(),
  class: messageClass,
  windows: windowsOverride.prefault({}),
  sender: senderOverride.prefault({}),
  advertising: advertisingOverride.prefault({}),
  receiptGrace: duration().optional().describe("As at the top of the file, for this route."),
  statusChecks: statusChecksOverride.prefault({}),
  retry: retryOverride.prefault({}),
  unknown: unknownOverride.prefault({}),
  replies: repliesOverride.prefault({}),
  events: eventsOverride.prefault({}),
});

/** Keys of a route that the provider's schema doesn't see. `provider` is seen by both. */
export const commonRouteKeys: readonly string[] = [
  "limits",
  "hooks",
  "class",
  "windows",
  "sender",
  "advertising",
  "receiptGrace",
  "statusChecks",
  "retry",
  "unknown",
  "replies",
  "events",
];
