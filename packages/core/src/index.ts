// The public names of the domain, one by one. Nothing else leaves the package.

export { type CanaryInput, type CanaryStep, canaryStep } from "./campaign/canary.ts";
export { type ContentLint, lintContent } from "./content/lint-content.ts";
export { type ContentPreview, previewContent } from "./content/preview-content.ts";
export { createPreviewFrame, escapeText, previewIcon, previewPhone } from "./content/preview-frame.ts";
export {
  type EventHeaders,
  type EventSignatureResult,
  eventSecretPattern,
  newEventSecret,
  signEvent,
  verifyEvent,
} from "./events/event-signature.ts";
export {
  type EventType,
  eventTypes,
  inboundEvents,
  type MessageEventType,
  messageEventTypes,
  toldStateOf,
  toldStates,
} from "./events/event-types.ts";
export { type LegContentInput, prepareLeg } from "./fallback/leg-content.ts";
export { type FirstLeg, type SecondLegPlan, type SecondLegStep, secondLegStep } from "./fallback/second-leg.ts";
export { type TwoLegs, twoLegs } from "./fallback/two-legs.ts";

export {
  deficitRoundRobin,
  type FeedCandidate,
  type RoundRobinState,
  type Shares,
  startOfRound,
} from "./feeding/deficit-round-robin.ts";

export {
  defaultOptOutWords,
  normaliseReply,
  type ReplyWordFinder,
  replyWordFinder,
  type WordMatch,
  wordMatches,
} from "./inbound/reply-words.ts";

export {
  type AdvertisingCheck,
  type AdvertisingFault,
  createAdvertisingCheck,
  type VisibleTexts,
} from "./law/advertising-check.ts";
export { type ClassRules, classOf, defaultClassRules, readClassRules } from "./law/class-rules.ts";
export { type Consent, type ConsentResult, isCompleteConsent, readConsent } from "./law/consent.ts";
export { defaultRefusalWays, type RefusalWay, type RefusalWayResult, readRefusalWay } from "./law/refusal-ways.ts";
export {
  isOverridden,
  type OverridableRule,
  overridableRules,
  type RecordedOverride,
  type RuleOverride,
} from "./law/rule-override.ts";
export { type Dispatchable, mayGoOutFrom, windowsInForce } from "./law/windows-in-force.ts";

export {
  type AfterAttempt,
  type AfterAttemptInput,
  afterAttempt,
  defaultMaxAttempts,
  maxRetryAfterMs,
} from "./outcome/after-attempt.ts";
export type { Accepted, AttemptOutcome, CallFailure, HoldCause, RetryCause } from "./outcome/attempt-outcome.ts";
export { type FailureStreak, noFailures, noteOutcome } from "./outcome/failure-streak.ts";
export {
  type AnswerNotes,
  backoffCauseOf,
  decideByFailure,
  decideByStatus,
  type OutcomeKnobs,
  outcomeTable,
  type RouteEffect,
  routeEffectOf,
  usesAttempt,
} from "./outcome/outcome-policy.ts";
export { parseRetryAfter } from "./outcome/retry-after.ts";

export {
  type AdaptiveRate,
  type AdaptiveRateSettings,
  factorAt,
  fullRate,
  isStorm,
  onThrottled,
  tpsAt,
} from "./pacing/adaptive-rate.ts";

export type {
  CapabilityAnswer,
  CapabilityOptions,
  CarrierSetUp,
  ContentIssue,
  FurtherCalls,
  InboundAttachment,
  InboundEvent,
  InboundNotification,
  LookUpAnswer,
  LookUpRef,
  MessageReference,
  NoAnswer,
  NotificationInput,
  OutgoingMessage,
  PreparedContent,
  Provider,
  ProviderClient,
  ProviderRules,
  ReadNotification,
  RecipientResult,
  RefusalCause,
  RenderedMessage,
  RouteSettings,
  SecondLeg,
  SenderAnswer,
  StatusAnswer,
  StatusRef,
  SubscribersAnswer,
} from "./provider/provider.ts";
export type {
  CancelAnswer,
  CarrierReservation,
  ReservationAnswer,
  ReservationCalls,
} from "./provider/reservations.ts";
export { rulesOfRoute } from "./provider/route-rules.ts";
export type {
  AccountAnswer,
  ChannelFacts,
  TemplateAction,
  TemplateButtonFacts,
  TemplateChange,
  TemplateFacts,
  TemplateRules,
} from "./provider/templates.ts";

export { type JapaneseMobileOptions, normaliseJapaneseMobile } from "./recipient/japanese-mobile.ts";
export { normaliseKoreanMobile } from "./recipient/korean-mobile.ts";
export { maskNumber } from "./recipient/mask-number.ts";
export { createRecipientSet, type RecipientSet } from "./recipient/recipient-set.ts";

export {
  type BackoffCause,
  type BackoffInput,
  type BackoffPlan,
  backoffMs,
  backoffPlans,
  longestWaitMs,
} from "./schedule/backoff.ts";
export {
  areOpen,
  type DeliveryWindow,
  type DeliveryWindowResult,
  deliveryWindowText,
  isOpen,
  isWithin,
  nextCommonOpening,
  nextOpening,
  parseDeliveryWindow,
} from "./schedule/delivery-window.ts";
export { type DurationResult, parseDuration } from "./schedule/duration.ts";
export { defaultDeliveryWindows, type MessageClass, messageClasses } from "./schedule/message-class.ts";
export {
  type DueRun,
  decideRun,
  defaultMissedRunPolicy,
  type MissedRunPolicy,
  type MissedRunPolicyResult,
  mayGoOn,
  parseMissedRunPolicy,
  type RunDecision,
} from "./schedule/missed-run.ts";
export {
  nextOccurrences,
  type Occurrence,
  occurrencesAfter,
  parseRecurrence,
  type Recurrence,
  type RecurrenceFault,
  type RecurrenceResult,
} from "./schedule/recurrence.ts";
export { nextReservationCheckAt } from "./schedule/reservation-checks.ts";
export {
  defaultCheckPlanMinutes,
  defaultGraceMs,
  defaultLastCheckMarginMs,
  nextCheckAt,
  repeatCheckAt,
  type StatusCheckSchedule,
} from "./schedule/status-checks.ts";

export {
  type CampaignState,
  campaignStates,
  campaignStatesBefore,
  canCampaignMove,
  nextCampaignStates,
} from "./state/campaign-state.ts";
export {
  canMove,
  type FinalState,
  finalStates,
  isFinal,
  type MessageState,
  messageStates,
  nextStates,
  type ReceiptState,
  rank,
  receiptStates,
  statesBefore,
} from "./state/message-state.ts";

export {
  parseTemplate,
  type RenderedText,
  type Template,
  type TemplateFault,
  type TemplateOptions,
  variableName,
} from "./template/template.ts";

export { type CharacterSafety, characterSafety } from "./text/character-safety.ts";
export {
  type CharacterPolicy,
  type LintSmsTextOptions,
  lintSmsText,
  type OffendingCharacter,
  type SmsTextIssue,
} from "./text/lint-sms-text.ts";
export {
  decodeSmsText,
  defaultSmsLimits,
  encodeSmsText,
  normaliseSmsText,
  type SmsLimits,
  segmentCount,
  utf16Units,
} from "./text/sms-text.ts";
export { writeCell } from "./text/write-cell.ts";
