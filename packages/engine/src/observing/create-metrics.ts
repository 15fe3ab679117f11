import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Every metric of the system. The table in docs/operate/watching.md is checked against this list by a test. */
export function createMetrics(input: { process: string; withDefaults?: boolean }) {
  const registry = new Registry();
  registry.setDefaultLabels({ process: input.process });
  if (input.withDefaults ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    attempts: new Counter({
      name: "hikyaku_attempts_total",
      help: "POSTs to the gateway by what they came to",
      labelNames: ["route", "outcome"],
      registers,
    }),
    attemptSeconds: new Histogram({
      name: "hikyaku_attempt_seconds",
      help: "Time from the POST to the gateway's answer",
      labelNames: ["route"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 35],
      registers,
    }),
    claimed: new Counter({
      name: "hikyaku_claimed_total",
      help: "Messages claimed for sending",
      labelNames: ["route"],
      registers,
    }),
    checks: new Counter({
      name: "hikyaku_status_checks_total",
      help: "Messages asked about in the status API, by answer",
      labelNames: ["route", "answer"],
      registers,
    }),
    lookUps: new Counter({
      name: "hikyaku_look_ups_total",
      help: "Messages in doubt that the carrier was asked about, by answer: accepted, missing, rejected, undecided …",
      labelNames: ["route", "answer"],
      registers,
    }),
    reservationChecks: new Counter({
      name: "hikyaku_reservation_checks_total",
      help: "Reservations asked about before their time, by answer: standing, cancelled, failed, not-known …",
      labelNames: ["route", "answer"],
      registers,
    }),
    secondLegs: new Counter({
      name: "hikyaku_second_legs_total",
      help: "Decisions about second legs: begun, none; and those that the carrier sent: by-carrier",
      labelNames: ["route", "result"],
      registers,
    }),
    receipts: new Counter({
      name: "hikyaku_receipts_total",
      help: "Notifications that were stored, by kind: receipt, inbound, connection-test (or empty), unrecognised",
      labelNames: ["route", "kind"],
      registers,
    }),
    receiptsApplied: new Counter({
      name: "hikyaku_receipts_applied_total",
      help: "Stored receipts by what they did: applied, stale, parked, adopted",
      labelNames: ["result"],
      registers,
    }),
    receiptSeconds: new Histogram({
      name: "hikyaku_receipt_answer_seconds",
      help: "Time from a notification's arrival to our 200 (the carrier allows 0.5 s)",
      labelNames: ["route"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    }),
    receiptDelaySeconds: new Histogram({
      name: "hikyaku_receipt_delay_seconds",
      help: "Time from accepted to the receipt that moved the message",
      buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400],
      registers,
    }),
    inbound: new Counter({
      name: "hikyaku_inbound_total",
      help: "What end users did, brought in: message, response, new-user, sms-mo",
      labelNames: ["route", "event"],
      registers,
    }),
    replyWords: new Counter({
      name: "hikyaku_reply_words_total",
      help: "Replies and taps with a configured word: opt-out, opt-in",
      labelNames: ["route", "kind"],
      registers,
    }),
    eventAttempts: new Counter({
      name: "hikyaku_event_attempts_total",
      help: "Attempts to tell an event to the user's own system by what they came to: delivered, failed, gave-up",
      labelNames: ["endpoint", "result"],
      registers,
    }),
    eventSeconds: new Histogram({
      name: "hikyaku_event_answer_seconds",
      help: "Time from the POST of an event to its answer",
      labelNames: ["endpoint"],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
      registers,
    }),
    eventEndpointFailing: new Gauge({
      name: "hikyaku_event_endpoint_failing_seconds",
      help: "For how long the place has taken no event; 0 while it works",
      labelNames: ["endpoint"],
      registers,
    }),
    eventEndpointDisabled: new Gauge({
      name: "hikyaku_event_endpoint_disabled",
      help: "1 when the place was given up and gets nothing until it is enabled",
      labelNames: ["endpoint"],
      registers,
    }),
    eventsPending: new Gauge({
      name: "hikyaku_events_pending",
      help: "Events not yet taken by the user's own system",
      labelNames: ["route"],
      registers,
    }),
    oldestEventSeconds: new Gauge({
      name: "hikyaku_oldest_event_seconds",
      help: "Age of the oldest event not yet taken",
      labelNames: ["route"],
      registers,
    }),
    scheduleRuns: new Counter({
      name: "hikyaku_schedule_runs_total",
      help: "Runs of schedules by what became of them: started, missed, failed",
      labelNames: ["result"],
      registers,
    }),
    scheduleOverdueSeconds: new Gauge({
      name: "hikyaku_schedule_overdue_seconds",
      help: "For how long the longest overdue run of a schedule waits to be started; 0 when none does",
      registers,
    }),
    parkedOutcomes: new Counter({
      name: "hikyaku_parked_outcomes_total",
      help: "Outcomes kept in Redis because the ledger did not take them",
      labelNames: ["route"],
      registers,
    }),
    rate: new Gauge({
      name: "hikyaku_rate_per_second",
      help: "The pace now allowed for the route, all processes together (0 = no limit)",
      labelNames: ["route"],
      registers,
    }),
    rateLimit: new Gauge({
      name: "hikyaku_rate_limit_per_second",
      help: "The route's configured TPS (0 = no limit)",
      labelNames: ["route"],
      registers,
    }),
    concurrency: new Gauge({
      name: "hikyaku_concurrency_granted",
      help: "Requests this process may have in flight at the route",
      labelNames: ["route"],
      registers,
    }),
    inFlight: new Gauge({
      name: "hikyaku_requests_in_flight",
      help: "Requests this process has in flight at the route",
      labelNames: ["route"],
      registers,
    }),
    routeHeld: new Gauge({
      name: "hikyaku_route_held",
      help: "1 while the route is held (credentials, IP filter, unreachable gateway)",
      labelNames: ["route"],
      registers,
    }),
    queued: new Gauge({
      name: "hikyaku_messages_queued",
      help: "Messages in the ledger that wait to be sent",
      labelNames: ["route"],
      registers,
    }),
    oldestQueuedSeconds: new Gauge({
      name: "hikyaku_oldest_queued_seconds",
      help: "Age of the oldest message that could be sent now",
      labelNames: ["route"],
      registers,
    }),
    unknowns: new Gauge({
      name: "hikyaku_messages_unknown",
      help: "Messages whose outcome is not known",
      labelNames: ["route"],
      registers,
    }),
    checksDue: new Gauge({
      name: "hikyaku_status_checks_due",
      help: "Messages whose status check is due",
      labelNames: ["route"],
      registers,
    }),
    receiptsPending: new Gauge({
      name: "hikyaku_receipts_pending",
      help: "Stored notifications not yet applied (parked ones included)",
      labelNames: ["route"],
      registers,
    }),
    queueDepth: new Gauge({
      name: "hikyaku_queue_messages",
      help: "Messages handed to the route's send queue in Redis",
      labelNames: ["route", "lane"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
