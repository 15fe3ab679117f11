// The public names of the engine, one by one.
export { type EndpointView, endpointStates } from "./events/endpoint-states.ts";
export { eventBody } from "./events/event-body.ts";
export { type EventEndpoint, eventEndpointsOf } from "./events/event-endpoints.ts";
export { startEventDelivery } from "./events/start-event-delivery.ts";
export { createInboundApplier } from "./inbound/create-inbound-applier.ts";
export { inboundRulesOf } from "./inbound/inbound-rules.ts";
export { createLogger, type Logger } from "./observing/create-logger.ts";
export { createMetrics, type Metrics } from "./observing/create-metrics.ts";
export { createPoller, type Poller, type PollerDeps } from "./poller/create-poller.ts";
export { startPoller } from "./poller/start-poller.ts";
export { answerHealth, type ReadyCheck, startHealthServer } from "./process/health-server.ts";
export { type ProcessParts, type ProcessSpec, type RunningPart, runProcess } from "./process/run-process.ts";
export type { CampaignReservations, LeftReservation, TakenBack } from "./questions/campaign-reservations.ts";
export type { CapabilityRequest, CheckedCapability } from "./questions/check-capabilities.ts";
export { openQuestions, type QuestionDeps, type Questions } from "./questions/open-questions.ts";
export { QuestionError, type QuestionFault } from "./questions/question-error.ts";
export {
  type CancelledReservation,
  ReservationError,
  type ReservationPage,
  type ReservationPageRequest,
  type ReservationView,
} from "./questions/reservations.ts";
export type { SubscribersPage } from "./questions/subscribers-page.ts";
export { createReceiptApplier, type ReceiptApplier } from "./receipts/create-receipt-applier.ts";
export {
  createReceiptStore,
  drainParkedReceipts,
  NoStoreError,
  type ReceiptStore,
} from "./receipts/create-receipt-store.ts";
export { probeHeader } from "./receipts/probe-header.ts";
export { toNewReceipts } from "./receipts/to-new-receipts.ts";
export { startWorker, type WorkerDeps } from "./worker/start-worker.ts";
