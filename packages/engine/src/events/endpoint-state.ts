import {
  type EndpointRow,
  findEndpoint,
  type Ledger,
  noteEndpointFailure,
  noteEndpointSuccess,
  openEndpoint,
} from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { EventEndpoint } from "./event-endpoints.ts";

/** What this process knows of how a place is doing; the ledger is asked once a second, and told of what happens here. */
export interface EndpointState {
  /** Since when it has taken nothing; null while it works. */
  readonly failingSince: Date | null;
  readonly isDisabled: boolean;
  /** Reads it again. Answers what changed: others may have given it up, or a person enabled it. */
  refresh(): Promise<"disabled" | "enabled" | null>;
  /** True when the place had failed until now. */
  succeeded(): Promise<boolean>;
  failed(failure: { reason: string; disableNow: boolean }): Promise<void>;
}

/** Short faults are ordinary; longer ones are for the log. */
const alarmAfterMs = 60_000;
/** Many failures at once are one piece of news. */
const noteEveryMs = 1_000;

export async function openEndpointState(deps: {
  endpoint: EventEndpoint;
  ledger: Ledger;
  log: Logger;
  metrics: Metrics;
  now: () => Date;
}): Promise<EndpointState> {
  const { endpoint, log, metrics, now } = deps;
  const { sql } = deps.ledger;
  const { name } = endpoint;
  let row: EndpointRow = await openEndpoint(sql, { name, url: endpoint.url });
  let notedAt = Number.NEGATIVE_INFINITY;
  let hasAlarmed = false;

  const tellDisabled = (since: Date | null, reason: string | null): void =>
    log.error(
      { endpoint: name, since, reason },
      "a place takes no events any more: it gets nothing until it is enabled",
    );

  const show = (): void => {
    const failingMs = row.failingSince === null ? 0 : Math.max(0, now().getTime() - row.failingSince.getTime());
    metrics.eventEndpointFailing.set({ endpoint: name }, failingMs / 1_000);
    metrics.eventEndpointDisabled.set({ endpoint: name }, row.disabledAt === null ? 0 : 1);
    if (failingMs > alarmAfterMs && !hasAlarmed && row.disabledAt === null) {
      hasAlarmed = true;
      log.error(
        { endpoint: name, since: row.failingSince, reason: row.lastError },
        "events are not taken; they wait in the ledger",
      );
    }
    if (failingMs === 0 && hasAlarmed && row.disabledAt === null) {
      hasAlarmed = false;
      log.warn({ endpoint: name }, "events are taken again");
    }
  };
  if (row.disabledAt !== null) tellDisabled(row.disabledAt, row.lastError);
  show();

  return {
    get failingSince() {
      return row.failingSince;
    },
    get isDisabled() {
      return row.disabledAt !== null;
    },
    async refresh() {
      const wasDisabled = row.disabledAt !== null;
      row = (await findEndpoint(sql, { name })) ?? (await openEndpoint(sql, { name, url: endpoint.url }));
      show();
      const isDisabled = row.disabledAt !== null;
      if (wasDisabled === isDisabled) return null;
      if (!isDisabled) log.warn({ endpoint: name }, "a place that was given up gets events again");
      return isDisabled ? "disabled" : "enabled";
    },
    async succeeded() {
      if (row.failingSince === null) return false;
      row = { ...row, failingSince: null };
      await noteEndpointSuccess(sql, { name });
      show();
      return true;
    },
    async failed({ reason, disableNow }) {
      if (row.failingSince !== null && !disableNow && now().getTime() - notedAt < noteEveryMs) return;
      notedAt = now().getTime();
      const { disableAfterMs } = endpoint;
      const noted = await noteEndpointFailure(sql, { name, error: reason, disableAfterMs, disableNow });
      if (noted === null) return;
      const { isNewlyDisabled, ...rest } = noted;
      // That it is disabled is for `refresh` to find, here as in every other process.
      row = { ...rest, disabledAt: row.disabledAt };
      if (isNewlyDisabled) tellDisabled(row.failingSince, reason);
      show();
    },
  };
}
