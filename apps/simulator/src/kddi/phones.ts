import { z } from "zod";
import { type Behaviour, behaviours, type Carrier, carriers, ordinary } from "./behaviours.ts";

/** What may be set for one number; what is left out keeps its default. `null` returns a field to its default. */
export const phonePatchSchema = z.strictObject({
  carrier: z.enum(carriers).nullish(),
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
  /** The network drops every message to it (the carriers' spam filters): failed after sent. */
  blocked: z.boolean().nullish(),
});
export type PhonePatch = z.input<typeof phonePatchSchema>;

export interface Phone {
  readonly number: string;
  readonly carrier: Carrier;
  readonly behaviour: Behaviour;
  /** The digits that chose the behaviour, where some did. */
  readonly behaviourCode: string | undefined;
  /** Simulated time at which the phone is switched on; `undefined` = it is on. */
  readonly offUntil: number | undefined;
  readonly blocked: boolean;
}

export interface Phones {
  get(number: string): Phone;
  set(number: string, patch: PhonePatch): Phone;
  reset(): void;
}

export function createPhones(magicPrefixes: readonly string[]): Phones {
  const settings = new Map<string, z.output<typeof phonePatchSchema>>();

  function get(number: string): Phone {
    const set = settings.size === 0 ? undefined : settings.get(number);
    const digits = magicPrefixes.some((prefix) => number.startsWith(prefix)) ? number.slice(-2) : undefined;
    const behaviourCode = set?.behaviour ?? (digits !== undefined && digits in behaviours ? digits : undefined);
    const behaviour = (behaviourCode === undefined ? undefined : behaviours[behaviourCode]) ?? ordinary;
    return {
      number,
      carrier: set?.carrier ?? behaviour.carrier ?? carrierOf(number),
      behaviour,
      behaviourCode,
      offUntil: readPower(set?.power),
      blocked: set?.blocked ?? false,
    };
  }

  return {
    get,
    set(number, patch) {
      settings.set(number, { ...settings.get(number), ...phonePatchSchema.parse(patch) });
      return get(number);
    },
    reset: () => settings.clear(),
  };
}

function readPower(power: string | null | undefined): number | undefined {
  if (power === undefined || power === null || power === "on") return undefined;
  return power === "off" ? Number.POSITIVE_INFINITY : Date.parse(power);
}

/** Market shares 30/35/22/13 %, by a hash of the number, so that a number keeps its carrier from run to run. */
function carrierOf(number: string): Carrier {
  let hash = 0x811c9dc5;
  for (let index = 0; index < number.length; index++) hash = Math.imul(hash ^ number.charCodeAt(index), 0x01000193);
  const percent = ((hash ^ (hash >>> 15)) >>> 0) % 100;
  if (percent < 30) return "au";
  if (percent < 65) return "docomo";
  return percent < 87 ? "softbank" : "rakuten";
}
