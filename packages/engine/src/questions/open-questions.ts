import type { Config, RouteConfig } from "@hikyaku/config";
import { type Provider, rulesOfRoute } from "@hikyaku/core";
import { findRoute, type Ledger } from "@hikyaku/ledger";
import { openThrottle, type RedisConnections } from "@hikyaku/queue";
import { createClientHolder } from "../sender/client-holder.ts";
import {
  type CampaignReservations,
  campaignReservations,
  type TakeBackRequest,
  type TakenBack,
  takeBackReservations,
} from "./campaign-reservations.ts";
import { type CapabilityRequest, type CheckedCapability, checkCapabilities } from "./check-capabilities.ts";
import { createPacedAsker } from "./paced-asker.ts";
import { QuestionError } from "./question-error.ts";
import {
  type CancelledReservation,
  cancelReservation,
  type ReservationPage,
  type ReservationPageRequest,
  type ReservationView,
  reservationPage,
  showReservation,
} from "./reservations.ts";
import { type SubscribersPage, subscribersPage } from "./subscribers-page.ts";

export interface QuestionDeps {
  readonly config: Config;
  readonly findProvider: (name: string) => Provider;
  readonly ledger: Pick<Ledger, "sql">;
  readonly connections: RedisConnections;
  readonly onError: (error: unknown) => void;
}

/** What can be asked of a route's carrier that concerns no message. */
export interface Questions extends AsyncDisposable {
  /** See {@link checkCapabilities}. */
  capabilities(request: CapabilityRequest): AsyncGenerator<CheckedCapability>;
  /** See {@link subscribersPage}. */
  subscribers(request: { cursor?: string | undefined; signal: AbortSignal }): Promise<SubscribersPage | null>;
  /** See {@link reservationPage}. */
  reservations(request: ReservationPageRequest): Promise<ReservationPage | null>;
  /** See {@link showReservation}. */
  reservation(request: { reserveId: string; signal: AbortSignal }): Promise<ReservationView | null>;
  /** See {@link cancelReservation}. */
  cancelReservation(request: {
    reserveId: string;
    by: string;
    signal: AbortSignal;
  }): Promise<CancelledReservation | null>;
  /** See {@link campaignReservations}. */
  campaignReservations(request: { campaignId: string }): Promise<CampaignReservations>;
  /** See {@link takeBackReservations}. */
  takeBackReservations(request: TakeBackRequest): Promise<TakenBack>;
}

/**
 * Joins the route's limits for some questions, beside whatever runs: within the share of status checks, so that no message is sent later
 * for it, or with `fullRate` as one more sender.
 *
 * @throws QuestionError when the route is held
 */
export async function openQuestions(
  { config, findProvider, ledger, connections, onError }: QuestionDeps,
  route: RouteConfig,
  { fullRate = false }: { fullRate?: boolean } = {},
): Promise<Questions> {
  const { sql } = ledger;
  const known = await findRoute(sql, route.name);
  if (known !== null && known.heldAt !== null) {
    throw new QuestionError(
      "held",
      `held since ${known.heldAt.toISOString()}: ${known.heldCause}, ${known.heldReason}`,
    );
  }
  const throttle = openThrottle({
    ...{ connections, route: route.name, limits: route.limits, prefix: config.redisPrefix, onError },
    role: fullRate ? "send" : "status",
    statusShare: config.poller.tpsShare,
    adaptive: config.throttle,
  });
  const client = createClientHolder({
    connect: () => findProvider(route.provider).connect(route.settings, { routeName: route.name, connections: 1 }),
    throttle,
    onCloseError: onError,
  });
  const ask = createPacedAsker({ throttle, client, kind: fullRate ? "campaign" : "status" });
  const isOffered = rulesOfRoute(findProvider(route.provider), route.settings).reservationStates !== undefined;
  const reserving = { route: route.name, sql, ask, isOffered };
  return {
    capabilities: (request) => checkCapabilities({ route: route.name, sql, ask }, request),
    subscribers: (request) => subscribersPage(ask, request),
    reservations: (request) => reservationPage(reserving, request),
    reservation: (request) => showReservation(reserving, request),
    cancelReservation: (request) => cancelReservation(reserving, request),
    campaignReservations: (request) => campaignReservations(reserving, request),
    takeBackReservations: (request) => takeBackReservations(reserving, request),
    async [Symbol.asyncDispose]() {
      await client.close();
      await throttle.close();
    },
  };
}
