import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Random } from "../random.ts";
import type { Traffic } from "../traffic.ts";
import type { Account } from "./account.ts";
import type { Delivery } from "./delivery.ts";
import type { Faults } from "./faults.ts";
import type { MessageStore } from "./message-store.ts";
import type { Phones } from "./phones.ts";

/** What the gateway's endpoints work with. */
export interface GatewayDeps {
  readonly settings: SimulatorSettings;
  readonly accounts: readonly Account[];
  readonly clock: SimClock;
  readonly random: Random;
  readonly phones: Phones;
  readonly store: MessageStore;
  readonly delivery: Delivery;
  /** The faults in force now. */
  readonly faults: () => Faults;
  /** The counts of the whole gateway; a reset puts new ones here. */
  readonly traffic: () => Traffic;
}
