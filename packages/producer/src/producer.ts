import type { CampaignReport as LedgerReport } from "@hikyaku/ledger";
import type { CampaignFacts, CampaignResult, CampaignStatus } from "./campaigns/campaign-result.ts";
import type { EnqueueRequest } from "./campaigns/enqueue-campaign.ts";
import type { CampaignPreview, PreviewRequest } from "./campaigns/preview-campaign.ts";
import type { Inbound, InboundRequest } from "./inbound/read-inbound.ts";
import type { MessageRequest, MessageResult, SendOptions } from "./messages/send-message.ts";
import type { CampaignOptions } from "./request/campaign-options.ts";
import type { Recipient, SourceOptions } from "./request/source-options.ts";

/** Names a campaign by its id or by the key you gave it. */
export type CampaignRef = { id: string } | { key: string };

/** How a campaign went. */
export type CampaignReport = Omit<LedgerReport, "campaign"> & { campaign: CampaignFacts };

/** What cancelling left behind. */
export interface CancelResult {
  campaign: CampaignStatus;
  /** Messages that went out. */
  sent: number;
  /** Messages in the middle of being sent, or of unknown outcome: their fate comes later. */
  inFlight: number;
  /** Messages that will never be sent. */
  stopped: number;
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

  /** Only the draft, for an import of its own. With `startAt` it starts by itself at that time, once it is imported. */
  createCampaign(options: CampaignOptions): Promise<CampaignResult>;

  /** Imports the recipients of a draft, or goes on with an interrupted import. Afterwards it is `ready`. */
  importRecipients<Row extends Recipient>(campaign: CampaignRef, source: SourceOptions<Row>): Promise<CampaignResult>;

  /** Takes an unfinished import back: the campaign is a draft without recipients again. */
  discardImport(campaign: CampaignRef): Promise<CampaignStatus>;

  /** Starts a campaign that has its recipients, now or at `startAt`. One that runs already is left as it is. */
  startCampaign(campaign: CampaignRef, options?: { startAt?: Date | string }): Promise<CampaignStatus>;

  /** Stops sending within 100 ms, until it is resumed. */
  pauseCampaign(campaign: CampaignRef, options?: { reason?: string }): Promise<CampaignStatus>;

  resumeCampaign(campaign: CampaignRef): Promise<CampaignStatus>;

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

  /** Closes the connections. Calls still under way fail; what they had stored stays. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
