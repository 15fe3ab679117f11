export type { ContentIssue, ContentLint, ContentPreview } from "@hikyaku/core";
export type { CampaignFacts, CampaignResult, CampaignStatus, StartedCampaign } from "./campaigns/campaign-result.ts";
export type { EnqueueRequest } from "./campaigns/enqueue-campaign.ts";
export type { CampaignPreview, PreviewRequest } from "./campaigns/preview-campaign.ts";
export { type ContentPreviewRequest, type LintRequest, lintBesideTemplate } from "./content/check-content.ts";
export { createProducer, type ProducerOptions } from "./create-producer.ts";
export {
  CampaignConflictError,
  CampaignNotFoundError,
  CampaignStateError,
  DifferentRecipientsError,
  ImportBusyError,
  RowsRejectedError,
} from "./errors/campaign-errors.ts";
export { InvalidEventError } from "./errors/event-error.ts";
export { type Fault, HikyakuError } from "./errors/hikyaku-error.ts";
export {
  IdempotencyConflictError,
  InvalidContentError,
  InvalidMessageError,
  InvalidRequestError,
  LedgerNotReadyError,
  UnknownRouteError,
  UnsupportedRouteError,
} from "./errors/request-errors.ts";
export { ScheduleConflictError, ScheduleNotFoundError } from "./errors/schedule-errors.ts";
export {
  type EventMessage,
  type EventRequest,
  type HikyakuEvent,
  type MessageChange,
  readEvent,
  type UserAction,
} from "./events/read-event.ts";
export type { Inbound, InboundRequest } from "./inbound/read-inbound.ts";
export type { MessageRequest, MessageResult, SendOptions } from "./messages/send-message.ts";
export type {
  CampaignRef,
  CampaignReport,
  CancelResult,
  CheckedScheduleResult,
  HeldByCarrier,
  Producer,
} from "./producer.ts";
export type { RejectedRow } from "./recipients/rejected-row.ts";
export type { ImportWarning } from "./recipients/warning-tally.ts";
export type { CampaignOptions } from "./request/campaign-options.ts";
export type { ImportProgress, Recipient, SourceOptions } from "./request/source-options.ts";
export type {
  ScheduleChanges,
  ScheduleOptions,
  ScheduleTemplateOptions,
  ScheduleTimes,
} from "./schedules/schedule-fields.ts";
export type { NextRun, Schedule, ScheduleRun, ScheduleState } from "./schedules/schedule-view.ts";
export { templateCopyCounts } from "./templates/check-now.ts";
