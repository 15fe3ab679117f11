import { z } from "zod";
import {
  type AppState,
  appStates,
  type Behaviour,
  behaviours,
  type Carrier,
  carriers,
  ordinary,
} from "./behaviours.ts";

/** What may be set for one number; what is left out keeps its default. `null` returns a field to its default. */
export const phonePatchSchema = z.strictObject({
  carrier: z.enum(carriers).nullish(),
  app: z.enum(appStates).nullish(),
  /** Two digits of the table of magic numbers, for any number. */
  behaviour: z
    .union([z.string(), z.int()])
    .transform((value) => String(value).padStart(2, "0"))
    .refine((code) => Object.hasOwn(behaviours, code), {
      error: `must be one of ${Object.keys(behaviours).sort().join(", ")}`,
    })
    .nullish(),
  /** Off until this time of the simulated clock (ISO 8601), `"off"` = for ever. */
  power: z.union([z.literal("on"), z.literal("off"), z.iso.datetime({ offset: true })]).nullish(),
  /** Milliseconds from delivery to reading a +Message, or `"never"`. */
  read: z.union([z.literal("never"), z.number().min(0)]).nullish(),
  /** The network drops every message to it (the carriers' spam filters): failed after sent. */
  blocked: z.boolean().nullish(),
});
export type PhonePatch = z.input<typeof phonePatchSchema>;

export interface Phone {
  readonly number: string;
  readonly carrier: Carrier;
  readonly app: AppState;
  readonly behaviour: Behaviour;
  /** The digits that chose the behaviour, where some did. */
  readonly behaviourCode: string | undefined;
  /** Simulated time at which the phone is switched on; `undefined` = it is on. */
  readonly offUntil: number | undefined;
  /** `undefined` = as the behaviour says, else drawn for each message. */
  readonly read: number | "never" | undefined;
  readonly blocked: boolean;
}

export interface Phones {
  get(number: string): Phone;
  /** The phone as it is now, if anything was ever set; else the one given, which is the same. */
  now(phone: Phone): Phone;
  /** @throws z.ZodError naming the field that cannot be, for a number of Rakuten with the app also. */
  set(number: string, patch: PhonePatch): Phone;
  /** Numbers that something was set for. */
  listed(): Iterable<string>;
  reset(): void;
}

export function createPhones(magicPrefixes: readonly string[], appShare: number): Phones {
  const settings = new Map<string, z.output<typeof phonePatchSchema>>();

  function build(number: string, set: z.output<typeof phonePatchSchema> | undefined): Phone {
    const digits = magicPrefixes.some((prefix) => number.startsWith(prefix)) ? number.slice(-2) : undefined;
    const behaviourCode = set?.behaviour ?? (digits !== undefined && digits in behaviours ? digits : undefined);
    const behaviour = (behaviourCode === undefined ? undefined : behaviours[behaviourCode]) ?? ordinary;
    const hash = hashOf(number);
    const wantsApp = behaviour !== ordinary && (behaviour.app ?? "installed") !== "none";
    const carrier = set?.carrier ?? behaviour.carrier ?? carrierOf(hash, wantsApp);
    const drawnApp = behaviour === ordinary ? appOf(hash, appShare) : (behaviour.app ?? "installed");
    return {
      number,
      carrier,
      // Rakuten is SMS only (guide §1.2, §2.5).
      app: set?.app ?? (carrier === "rakuten" ? "none" : drawnApp),
      behaviour,
      behaviourCode,
      offUntil: readPower(set?.power),
      read: set?.read ?? undefined,
      blocked: set?.blocked ?? false,
    };
  }

  function get(number: string): Phone {
    return build(number, settings.size === 0 ? undefined : settings.get(number));
  }

  return {
    get,
    now: (phone) => (settings.size === 0 ? phone : get(phone.number)),
    set(number, patch) {
      const wanted = { ...settings.get(number), ...phonePatchSchema.parse(patch) };
      const phone = build(number, wanted);
      if (phone.carrier === "rakuten" && phone.app !== "none") {
        const message = "a number of Rakuten has no +Message app; set another carrier, or app to none";
        throw new z.ZodError([{ code: "custom", path: ["app"], message, input: phone.app }]);
      }
      settings.set(number, wanted);
      return phone;
    },
    listed: () => settings.keys(),
    reset: () => settings.clear(),
  };
}

/** What the capability check says: also of an app that was uninstalled, or not set up after a change of handset (guide §1.5). */
export function isCapable({ app }: Phone): boolean {
  return app !== "none";
}

function readPower(power: string | null | undefined): number | undefined {
  if (power === undefined || power === null || power === "on") return undefined;
  return power === "off" ? Number.POSITIVE_INFINITY : Date.parse(power);
}

/** FNV-1a, so that a number keeps its carrier and its app from run to run. */
function hashOf(number: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < number.length; index++) hash = Math.imul(hash ^ number.charCodeAt(index), 0x01000193);
  return hash;
}

/** Market shares 30/35/22/13 % (protocol notes §19.3). */
function carrierOf(hash: number, wantsApp: boolean): Carrier {
  const percent = ((hash ^ (hash >>> 15)) >>> 0) % 100;
  if (percent < 30) return "au";
  if (percent < 65) return "docomo";
  return percent < 87 || wantsApp ? "softbank" : "rakuten";
}

function appOf(hash: number, appShare: number): AppState {
  const mixed = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
  return (((mixed ^ (mixed >>> 16)) >>> 0) % 10_000) / 10_000 < appShare ? "installed" : "none";
}
