import type { Provider } from "@hikyaku/core";
import { defaultLimits, kddi, routeConfigSchema } from "@hikyaku/kddi";
import * as sens from "@hikyaku/sens";

/** Every carrier of this build, by the name that stands under `provider` in the configuration. A new one is one line. */
export const providers = {
  kddi: { provider: kddi, settings: routeConfigSchema, limits: defaultLimits },
  sens: {
    provider: sens.sens,
    settings: sens.routeConfigSchema,
    limits: sens.defaultLimits,
    receipts: sens.defaultReceipts,
  },
  "sens-sms": {
    provider: sens.sensSms,
    settings: sens.smsRouteConfigSchema,
    limits: sens.defaultLimits,
    receipts: sens.defaultReceipts,
  },
};

/** What the configuration must know of each carrier. */
export const routeSchemas = providers;

/** The carrier of that name; an error that lists those there are, when there is none. */
export function findProvider(name: string): Provider {
  const found = Object.hasOwn(providers, name) ? providers[name as keyof typeof providers] : undefined;
  if (found === undefined) {
    throw new RangeError(`no carrier is called "${name}"; this build has ${Object.keys(providers).join(", ")}`);
  }
  return found.provider as Provider;
}
