import type { RouteConfig } from "@hikyaku/config";
import { rulesOfRoute } from "@hikyaku/core";
import type { ReservationView } from "@hikyaku/engine";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { askRoute, configuredRoute } from "../../questions/ask-route.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { cursorOf, pageSchema, readCursor } from "../cursor.ts";
import { problemAnswers } from "../problem-answers.ts";
import { goneSignal } from "./gone-signal.ts";

const routeParams = z.object({ route: z.string().min(1).max(200) });
const params = routeParams.extend({
  reserveId: z.string().min(1).max(200).describe("The carrier's id of its request."),
});

const reservationFields = z.object({
  reserveId: z.string().describe("The carrier's id of its request."),
  state: z
    .string()
    .describe(
      "The carrier's word; of SENS: READY, PROCESSING, CANCELED, FAIL, DONE, STALE, SKIP. UNKNOWN: the carrier has none of this id any more.",
    ),
  means: z.string().describe("The state for people to read."),
  ended: z
    .enum(["cancelled", "failed"])
    .nullable()
    .describe("How it ended without any of its messages going out; null while they may, or when they did."),
  reservedAt: z.date().nullable().describe("When it is carried out."),
  timeZone: z.string().nullable(),
  cancelFault: z.string().nullable().describe("Why it can't be cancelled any more; null when it can."),
  createdAt: z.date().nullable().describe("When the carrier took it; null for one that is not ours."),
  messages: z.int().describe("Messages of ours in it."),
  campaigns: z.array(z.object({ id: z.string(), key: z.string() })),
});
const reservationSchema = reservationFields.meta({
  id: "Reservation",
  description: "A request that the carrier holds until the time it was reserved for, as the carrier has it now.",
});

const cancelledSchema = reservationFields
  .extend({
    revoked: z.int().describe("Messages that ended by this call, as `revoked`."),
    wasCancelled: z.boolean().describe("It had been cancelled before."),
  })
  .meta({ id: "CancelledReservation" });

const asking = ["route-not-found", "route-held", "not-offered", "gateway-refuses", "gateway-silent"] as const;

/** `/v1/routes/{route}/reservations` and below */
export function reservationRoutes(app: Api, deps: ConsoleDeps): void {
  const statesOf = ({ provider, settings }: RouteConfig): readonly string[] | undefined =>
    rulesOfRoute(deps.findProvider(provider), settings).reservationStates;

  app.route({
    method: "GET",
    url: "/routes/:route/reservations",
    schema: {
      operationId: "listReservations",
      tags: ["Routes"],
      summary: "List what the carrier holds until its time",
      description:
        "In the order of their times. The carrier is asked about each, one call, within the share of the route's limits that status checks have (`poller.tpsShare`).",
      params: routeParams,
      querystring: z.object({
        from: z.iso.datetime({ offset: true }).optional().describe("Reserved for this or later. Default: a day ago."),
        to: z.iso.datetime({ offset: true }).optional().describe("Reserved for earlier than this."),
        campaign: z.uuid().optional().describe("Only those that hold messages of this campaign, by its id."),
        state: z
          .string()
          .max(100)
          .optional()
          .describe("Only those in this state of the carrier's, e.g. READY. A page then holds fewer than `limit`."),
        cursor: z.string().max(1_000).optional().describe("The `nextCursor` of the page before."),
        limit: z.coerce.number().int().min(1).max(100).default(50).describe("Most items on the page."),
      }),
      response: { 200: pageSchema(reservationSchema), ...problemAnswers("invalid-cursor", ...asking) },
    },
    async handler(request, reply) {
      const { from, to, campaign: campaignId, limit } = request.query;
      const after = readCursor(z.string(), request.query.cursor);
      const route = configuredRoute(deps, request.params.route);
      const state = stateOf(request.query.state, statesOf(route));
      const signal = goneSignal(reply.raw);
      const page = await askRoute(deps, route, (questions) =>
        questions.reservations({ from: dateOf(from), until: dateOf(to), campaignId, state, after, limit, signal }),
      );
      // Null only when the caller is gone.
      const { items, next } = page ?? { items: [], next: null };
      return { items: items.map(shown), nextCursor: next === null ? null : cursorOf(next) };
    },
  });

  app.route({
    method: "GET",
    url: "/routes/:route/reservations/:reserveId",
    schema: {
      operationId: "getReservation",
      tags: ["Routes"],
      summary: "Ask how a reservation stands",
      params,
      response: { 200: reservationSchema, ...problemAnswers("reservation-not-found", ...asking) },
    },
    async handler(request, reply) {
      const { reserveId } = request.params;
      const route = configuredRoute(deps, request.params.route);
      const signal = goneSignal(reply.raw);
      const found = await askRoute(deps, route, (questions) => questions.reservation({ reserveId, signal }));
      return found === null ? gone() : shown(found);
    },
  });

  app.route({
    method: "POST",
    url: "/routes/:route/reservations/:reserveId/cancel",
    schema: {
      operationId: "cancelReservation",
      tags: ["Routes"],
      summary: "Cancel a reservation that waits",
      description:
        "All of it and for good; its messages end as `revoked`. Only while it waits, and not in the last minutes before its time (SENS: 10). Repeating it changes nothing.",
      params,
      response: {
        200: cancelledSchema,
        ...problemAnswers("reservation-not-found", "reservation-not-cancellable", ...asking),
      },
    },
    async handler(request, reply) {
      const { reserveId } = request.params;
      const route = configuredRoute(deps, request.params.route);
      const by = actorOf(request);
      const signal = goneSignal(reply.raw);
      const cancelled = await askRoute(deps, route, (questions) =>
        questions.cancelReservation({ reserveId, by, signal }),
      );
      if (cancelled === null) return gone();
      const { reservation, revoked, wasCancelled } = cancelled;
      return { ...shown(reservation), revoked, wasCancelled };
    },
  });
}

function shown(view: ReservationView) {
  return { ...view, campaigns: [...view.campaigns] };
}

/** The caller went away, and nothing was done; nobody reads this. */
function gone(): never {
  throw new Problem("gateway-silent", { detail: "the caller did not wait" });
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function stateOf(given: string | undefined, states: readonly string[] | undefined): string | undefined {
  if (given === undefined || states === undefined || states.includes(given)) return given;
  throw new Problem("invalid-request", {
    errors: [{ parameter: "state", detail: `no state of a reservation; give one of ${states.join(", ")}` }],
  });
}
