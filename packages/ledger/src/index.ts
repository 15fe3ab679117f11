export { type ApiKeyRow, createApiKey, listApiKeys, revokeApiKey, verifyApiKey } from "./api-keys/api-key.ts";
export { type AuditAction, type AuditEntry, auditActions, type Decision } from "./audit/audit-entry.ts";
export { type ListAuditInput, listAudit } from "./audit/list-audit.ts";
export { type AdvancedCampaigns, advanceCampaigns } from "./campaigns/advance-campaigns.ts";
export { campaignCounts, countRows, type LegCounts, legCounts } from "./campaigns/campaign-counts.ts";
export {
  type CampaignReport,
  campaignReport,
  type ReasonCount,
  type SecondLegsReport,
} from "./campaigns/campaign-report.ts";
export type { CampaignCounts, CampaignRow, DeliveryWindow, OnUnknown } from "./campaigns/campaign-row.ts";
export { type Cancelled, cancelCampaign } from "./campaigns/cancel-campaign.ts";
export { createCampaign, type NewCampaign } from "./campaigns/create-campaign.ts";
export { findCampaign } from "./campaigns/find-campaign.ts";
export { listCampaigns } from "./campaigns/list-campaigns.ts";
export { pauseCampaign, resumeCampaign } from "./campaigns/pause-campaign.ts";
export { type RetryFailedInput, retryFailed } from "./campaigns/retry-failed.ts";
export {
  dueCampaigns,
  pauseDueCampaign,
  startCampaign,
  startDueCampaign,
} from "./campaigns/start-campaign.ts";
export { type Sweep, sweepCampaign } from "./campaigns/sweep-campaign.ts";
export { sweepCancelled } from "./campaigns/sweep-cancelled.ts";
export { deleteCapabilities } from "./capability/delete-capabilities.ts";
export { type CapabilityRow, knownCapabilities } from "./capability/known-capabilities.ts";
export { isCapabilityProven, recordCapabilities } from "./capability/record-capabilities.ts";
export { type LookUpMessage, loadLookUps } from "./checks/load-look-ups.ts";
export { type PutOffCheck, putOffChecks } from "./checks/put-off-checks.ts";
export { type CheckResult, recordChecks } from "./checks/record-checks.ts";
export {
  awaitsCheck,
  type DueCheck,
  type TakeDueChecksInput,
  takeDueChecks,
  takeNextCheck,
} from "./checks/take-due-checks.ts";
export {
  connectLedger,
  type Ledger,
  type LedgerOptions,
  type Queryable,
  type Sql,
} from "./connection/connect-ledger.ts";
export { type Migrated, migrate, schemaVersion } from "./connection/migrate.ts";
export { newId } from "./connection/new-id.ts";
export { type ConsentRecord, consentsOfRecipient, streamConsents } from "./consents/list-consents.ts";
export { purgeConsents } from "./consents/purge-consents.ts";
export { type ClaimBatchInput, type ClaimedMessage, claimBatch } from "./dispatch/claim-batch.ts";
export {
  type ConflictingId,
  type RecordedOutcomes,
  type RecordedResult,
  recordOutcomes,
} from "./dispatch/record-outcomes.ts";
export {
  type EndpointRow,
  enableEndpoint,
  findEndpoint,
  listEndpoints,
  noteEndpointFailure,
  noteEndpointSuccess,
  openEndpoint,
} from "./events/event-endpoints.ts";
export { type EventFigures, eventFigures } from "./events/event-figures.ts";
export { type EventFacts, type EventRow, type EventState, eventStates } from "./events/event-row.ts";
export { type EventFilter, findEvent, listEvents } from "./events/list-events.ts";
export { loadEvents } from "./events/load-events.ts";
export { type DeliveryResult, recordDeliveries } from "./events/record-deliveries.ts";
export { type EventSelection, replayEvents } from "./events/replay-events.ts";
export { subscribeEvents } from "./events/subscribe-events.ts";
export { releaseTakenEvents, takeEvents } from "./events/take-events.ts";
export { plannedFallbackAt } from "./fallback/at-once.ts";
export { fallbackCampaigns } from "./fallback/fallback-campaigns.ts";
export { type CarrierLeg, recordCarrierLegs } from "./fallback/record-carrier-legs.ts";
export {
  type BegunSecondLeg,
  type FallbackCandidate,
  type NewSecondLeg,
  type SettledFallbacks,
  settleFallbacks,
} from "./fallback/settle-fallbacks.ts";
export { type TakeDueFallbacksInput, takeDueFallbacks } from "./fallback/take-due-fallbacks.ts";
export { expireQueued } from "./feed/expire-queued.ts";
export { advanceCursor, rewindCursor, rewindRoute } from "./feed/feed-cursor.ts";
export { type FeedableCampaign, feedable } from "./feed/feedable.ts";
export { holdFeederLease, releaseFeederLease } from "./feed/feeder-lease.ts";
export { nextToFeed } from "./feed/next-to-feed.ts";
export { orphanSingles } from "./feed/orphan-singles.ts";
export { type DueMessage, type TakeDueInput, takeDue } from "./feed/take-due.ts";
export { countLimit, operatorFigures, type RouteFigures } from "./figures/operator-figures.ts";
export { type HookRow, listHooks } from "./hooks/list-hooks.ts";
export { type AppendedRows, type AppendRowsInput, appendRows, type ImportRow } from "./imports/append-rows.ts";
export { beginImport, type ImportPosition } from "./imports/begin-import.ts";
export { discardImport } from "./imports/discard-import.ts";
export { finishImport } from "./imports/finish-import.ts";
export { ImportError } from "./imports/import-error.ts";
export { type ImportLocks, openImportLocks } from "./imports/import-locks.ts";
export { type ImportTotals, importTotals } from "./imports/import-totals.ts";
export { linesOfRecipients } from "./imports/lines-of-recipients.ts";
export { listRejections, type Rejection, recordRejections, rejectionCodes } from "./imports/rejections.ts";
export { type AppliedInbound, applyInbound, type InboundRules } from "./inbound/apply-inbound.ts";
export { type InboundRow, type LinkWay, linkWays, type WordKind } from "./inbound/inbound-row.ts";
export { findInbound, type InboundFilter, listInbound, streamInbound } from "./inbound/list-inbound.ts";
export type { UnreadHook, UnreadInbound } from "./inbound/unread.ts";
export { findMessage, findOtherLeg, messagesOfRecipient } from "./messages/find-message.ts";
export { insertMessage, type NewMessage } from "./messages/insert-message.ts";
export { listMessages, streamMessages } from "./messages/list-messages.ts";
export { type HistoryEntry, messageHistory } from "./messages/message-history.ts";
export type { MessageRow } from "./messages/message-row.ts";
export {
  type MessageFilter,
  type MessagePage,
  type RequestState,
  requestStates,
  searchMessages,
  streamSearch,
} from "./messages/search-messages.ts";
export { type AppliedReceipts, type ApplyReceiptsInput, applyReceipts } from "./receipts/apply-receipts.ts";
export { rehearseReceipts } from "./receipts/rehearse-receipts.ts";
export { type NewReceipt, storeReceipts } from "./receipts/store-receipts.ts";
export { type EndReservationInput, endReservation } from "./reservations/end-reservation.ts";
export {
  findReservation,
  type ListReservationsInput,
  listReservations,
  type ReservationRow,
} from "./reservations/list-reservations.ts";
export {
  type DueReservation,
  putOffReservations,
  takeDueReservations,
} from "./reservations/take-due-reservations.ts";
export { type DeletedBatch, deleteFinished } from "./retention/delete-finished.ts";
export { deleteEvents, deleteInbound } from "./retention/delete-told.ts";
export { findRoute, listRoutes } from "./routes/find-route.ts";
export { type HoldRouteInput, holdRoute, releaseRoute } from "./routes/hold-route.ts";
export { type PublishedRoute, publishRoutes } from "./routes/publish-routes.ts";
export type { RouteRow } from "./routes/route-row.ts";
export { takeProbe } from "./routes/take-probe.ts";
export { type ClaimedRun, claimDueRun } from "./schedules/claim-due-run.ts";
export { createSchedule, type NewSchedule } from "./schedules/create-schedule.ts";
export { deleteSchedule } from "./schedules/delete-schedule.ts";
export { deleteUnusedLists } from "./schedules/delete-unused-lists.ts";
export { editSchedule, type ScheduleChange } from "./schedules/edit-schedule.ts";
export { findSchedule, listSchedules } from "./schedules/find-schedule.ts";
export { lastScheduleRuns, listScheduleRuns } from "./schedules/list-schedule-runs.ts";
export { overdueRunSeconds } from "./schedules/schedule-figures.ts";
export {
  appendToList,
  beginList,
  dropList,
  type ListedRecipient,
  readList,
  useList,
} from "./schedules/schedule-lists.ts";
export {
  recurrenceOf,
  type ScheduleRow,
  type ScheduleRunRow,
  type ScheduleRunState,
  type ScheduleTemplate,
  scheduleRunStates,
} from "./schedules/schedule-row.ts";
export { endRun, holdRun, type OpenRun, type RunEnd, takeOpenRun } from "./schedules/work-on-run.ts";
export { suppressedAmong } from "./suppressions/suppressed-among.ts";
export {
  addSuppression,
  importSuppressions,
  listSuppressions,
  type NewSuppression,
  removeSuppression,
  type SuppressionRow,
} from "./suppressions/suppression.ts";
export { awaitRefresh } from "./templates/await-refresh.ts";
export { type AccountFreshness, freshAccount } from "./templates/fresh-account.ts";
export {
  type CarrierChannelRow,
  type CarrierTemplateRow,
  findTemplate,
  listChannels,
  listTemplates,
} from "./templates/list-templates.ts";
export {
  askRefresh,
  type CarrierAccountRow,
  findAccount,
  listAccounts,
  noteAccountError,
  type ReadTemplate,
  type RecordedAccount,
  recordAccount,
  takeAccountRefresh,
} from "./templates/refresh-account.ts";
export { listUnknown } from "./unknowns/list-unknown.ts";
export { owesLookUp } from "./unknowns/owes-look-up.ts";
export {
  closeUnknown,
  resendUnknown,
  type SettleUnknownInput,
  settleUnknown,
  type UnknownSelection,
} from "./unknowns/settle-unknown.ts";
export { type UsageInput, type UsageRow, usageOfMonth } from "./usage/usage.ts";
export { type UsageDivision, type UsagePart, usageBy, usageDivisions } from "./usage/usage-by.ts";
export { type ReapedMessage, type ReapInput, reapInFlight } from "./workers/reap-in-flight.ts";
export { beat, forgetWorkers, type NewWorker, registerWorker, stopWorker } from "./workers/worker-life.ts";
