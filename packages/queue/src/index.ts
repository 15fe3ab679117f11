export { connectRedis, type RedisConnections, type RedisConnectionsOptions } from "./connection.ts";
export { type EventJob, type EventQueue, type EventQueueDepth, openEventQueue } from "./events/event-queue.ts";
export { type EventWorker, NotTakenError, openEventWorker } from "./events/event-worker.ts";
export { type FeederSignalOptions, onFeederSignal, signalFeeder } from "./feeder-signal.ts";
export { defaultPrefix, eventQueueName, type Lane, lanes, sendQueueName, throttleKey } from "./names.ts";
export { type Parked, type ParkedList, type ParkedOptions, parkedOutcomes, parkedReceipts } from "./parked.ts";
export { redisEpoch } from "./redis-epoch.ts";
export { messageCountOf, type SendJob, sendJobSchema } from "./send-job.ts";
export { type LaneDepth, openSendQueue, type SendQueue, type SendQueueOptions } from "./send-queue.ts";
export { healsWithinMs, openSendWorker, type SendWorker, type SendWorkerOptions } from "./send-worker.ts";
export { leadMs, openThrottle, type ThrottleOptions } from "./throttle/open-throttle.ts";
export type { ThrottleRole } from "./throttle/share.ts";
export {
  type Permit,
  type PermitKind,
  type RouteLimits,
  type Throttle,
  ThrottleClosedError,
  type ThrottleFigures,
} from "./throttle/throttle.ts";
