import type { ContentLint, ContentPreview } from "@hikyaku/core";
import type { CampaignReport as LedgerReport } from "@hikyaku/ledger";
import type { CampaignFacts, CampaignResult, CampaignStatus, StartedCampaign } from "./campaigns/campaign-result.ts";
import type { EnqueueRequest } from "./campaigns/enqueue-campaign.ts";
import type { CampaignPreview, PreviewRequest } from "./campaigns/preview-campaign.ts";
import type { ContentPreviewRequest, LintRequest } from "./content/check-content.ts";
import type { Inbound, InboundRequest } from "./inbound/read-inbound.ts";
import type { MessageRequest, MessageResult, SendOptions } from "./messages/send-message.ts";
import type { CampaignOptions } from "./request/campaign-options.ts";
import type { Recipient, SourceOptions } from "./request/source-options.ts";
import type { ScheduleChanges, ScheduleOptions } from "./schedules/schedule-fields.ts";
import type { Schedule, ScheduleRun } from "./schedules/schedule-view.ts";

/** Names a campaign by its id or by the key you gave it. */
export type CampaignRef = { id: string } | { key: string };

/** How a campaign went. */
export type CampaignReport = Omit<LedgerReport, "campaign"> & { campaign: CampaignFacts };

/** What the carrier holds of a campaign until a time (`content.reserve`): no cancel of the campaign alone takes it back. */
export interface HeldByCarrier {
  /** Accepted messages; counted, so they cost nothing at any size. */
  messages: number;
  /** When the carrier sends them. */
  reservedAt: Date;
  /** Until when it lets go of them; null where nothing is known of that. */
  cancellableUntil: Date | null;
}

/** What cancelling left behind. */
export interface CancelResult {
  campaign: CampaignStatus;
  /** Messages that went out. */
  sent: number;
  /** Messages at the gateway at this moment: their fate comes with its answer. */
  inFlight: number;
  /** Messages of unknown outcome: a receipt that comes late settles them, or whoever decides by `hikyaku unknown close`. */
  unknown: number;
  /** Messages that will never be sent. */
  stopped: number;
  /**
   * Of `sent`, what the carrier itself sends later all the same; null where it holds nothing until a time that is still to come. It is taken
   * back by `hikyaku campaign cancel --reservations`, or over HTTP by `{"reservations": true}`: a producer has no credentials for it.
   */
  reserved: HeldByCarrier | null;
}

/** A schedule after its recipients, or what they get, have changed. */
export interface CheckedScheduleResult<Preview extends CampaignPreview | null> {
  schedule: Schedule;
  /** What a run would be. Null when nothing was changed that it depends on. */
  preview: Preview;
}

/**
 * Puts campaigns and messages into the ledger, where the running system finds them. Everything it answers is durable: it
 * stands in PostgreSQL before the call returns.
 *
 * Every error of its own is a `HikyakuError` with a `code`.
 */
export interface Producer {
  /**
   * Imports the recipients and starts the campaign. Calling it again with the same key and the same request never sends twice:
   * an interrupted import goes on where it stopped, a finished one answers the campaign as it is.
   *
   * @throws InvalidRequestError, UnknownRouteError, InvalidContentError before anything is read
   * @throws CampaignConflictError when the key belongs to another route, content or options
   * @throws DifferentRecipientsError when the key's recipients are others
   * @throws ImportBusyError when another caller imports it at this moment
   * @throws RowsRejectedError with `strict`, when a row is bad; nothing of the import stays
   */
  enqueueCampaign<Row extends Recipient>(request: EnqueueRequest<Row>): Promise<CampaignResult>;

  /** Reads, checks and renders all recipients as `enqueueCampaign` would, and writes nothing. */
  previewCampaign<Row extends Recipient>(request: PreviewRequest<Row>): Promise<CampaignPreview>;

  /**
   * Checks a content by the rules of its route's carrier and answers every fault and warning with its path, e.g.
   * `content.carousel[2].media.height`. A content that can't be sent is an answer here and no error.
   *
   * @throws InvalidRequestError, UnknownRouteError
   */
  lintContent(request: LintRequest): Promise<ContentLint>;

  /**
   * A content as one recipient would see it: as an HTML page like a phone, which needs nothing else, and as text. What keeps it
   * from being sent to somebody with these values is in the answer, too.
   *
   * @throws InvalidRequestError, UnknownRouteError
   */
  previewContent(request: ContentPreviewRequest): Promise<ContentPreview>;

  /** Only the draft, for an import of its own. With `startAt` it starts by itself at that time, once it is imported. */
  createCampaign(options: CampaignOptions): Promise<CampaignResult>;

  /** Imports the recipients of a draft, or goes on with an interrupted import. Afterwards it is `ready`. */
  importRecipients<Row extends Recipient>(campaign: CampaignRef, source: SourceOptions<Row>): Promise<CampaignResult>;

  /** Takes an unfinished import back: the campaign is a draft without recipients again. */
  discardImport(campaign: CampaignRef): Promise<CampaignStatus>;

  /**
   * Starts a campaign that has its recipients, now or at `startAt`. One that runs already is left as it is. Where the carrier has templates,
   * its own are read again first, which takes a second or two.
   *
   * @throws InvalidContentError when a template is not approved any more, or another one than it was
   */
  startCampaign(campaign: CampaignRef, options?: { startAt?: Date | string }): Promise<StartedCampaign>;

  /** Stops sending within 100 ms, until it is resumed. */
  pauseCampaign(campaign: CampaignRef, options?: { reason?: string }): Promise<CampaignStatus>;

  /**
   * Goes on with a paused campaign.
   *
   * @throws InvalidContentError as `startCampaign`; it stays paused then
   */
  resumeCampaign(campaign: CampaignRef): Promise<StartedCampaign>;

  /** Stops for good, within 100 ms at any size, with exact numbers. */
  cancelCampaign(campaign: CampaignRef): Promise<CancelResult>;

  /** The campaign as it is; null when there is none. */
  findCampaign(campaign: CampaignRef): Promise<CampaignStatus | null>;

  /** Messages by state, reasons, pace, receipts. Reads every row: about a second per million. */
  campaignReport(campaign: CampaignRef): Promise<CampaignReport>;

  /**
   * One message, ahead of all campaigns. Safe in the ledger when the call returns.
   *
   * @throws InvalidMessageError, IdempotencyConflictError, and as `enqueueCampaign` for route and content
   */
  sendMessage(request: MessageRequest, options?: SendOptions): Promise<MessageResult>;

  /**
   * What end users did: replies, taps, registrations, newest first, with the message each answers where that is known. Read
   * page by page while it is walked through. To be told of them at once, see `events` in the configuration and `readEvent`.
   *
   * @throws InvalidRequestError, CampaignNotFoundError, at the first step
   */
  inbound(request?: InboundRequest): AsyncIterable<Inbound>;

  /**
   * A schedule: it makes and starts a campaign by itself, once on each of its days. Nothing runs before it has recipients.
   *
   * @throws InvalidRequestError, UnknownRouteError, InvalidContentError; ScheduleConflictError when the code is taken
   */
  createSchedule(options: ScheduleOptions): Promise<Schedule>;

  /**
   * Changes the runs to come; one that is under way stays as it is. A new content is checked for every recipient.
   *
   * @throws ScheduleNotFoundError; ScheduleConflictError when somebody else changes it at this moment; as `createSchedule`
   */
  editSchedule(code: string, changes: ScheduleChanges): Promise<CheckedScheduleResult<CampaignPreview | null>>;

  /**
   * The recipients of all runs to come, in place of those there were. They are checked now and stored with the schedule, each with the
   * values that the content uses; rows that can't be messaged are told and left out. What fails changes nothing.
   *
   * @throws ScheduleNotFoundError; InvalidRequestError when no row can be messaged; RowsRejectedError with `strict`, when a row is bad
   */
  importScheduleRecipients<Row extends Recipient>(
    code: string,
    source: SourceOptions<Row>,
  ): Promise<CheckedScheduleResult<CampaignPreview>>;

  /**
   * Deletes it with its recipients and the history of its runs; their campaigns stay.
   *
   * @throws ScheduleNotFoundError; ScheduleConflictError while the campaign of a run is being made
   */
  deleteSchedule(code: string): Promise<void>;

  /** With its `next` (5) runs; null when there is none of this code. */
  findSchedule(code: string, options?: { next?: number }): Promise<Schedule | null>;

  /** By their codes, at most `limit` (100), those behind `after`. */
  listSchedules(options?: { after?: string; limit?: number; next?: number }): Promise<Schedule[]>;

  /** What became of its runs, the newest first, at most `limit` (100), those before the day `before`. */
  scheduleRuns(code: string, options?: { before?: string; limit?: number }): Promise<ScheduleRun[]>;

  /** Closes the connections. Calls still under way fail; what they had stored stays. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
