import type { ContentIssue, NoAnswer } from "./provider.ts";

/**
 * What a carrier allows that sends only by texts it has approved before. Templates and channels are the carrier's own JSON, as
 * {@link AccountAnswer} brought it; nobody else looks inside.
 */
export interface TemplateRules {
  /** Null when it is no template. */
  templateFacts(template: unknown): TemplateFacts | null;
  /** Null when it is no channel. */
  channelFacts(channel: unknown): ChannelFacts | null;
  /**
   * What the carrier would find wrong with a template that somebody wrote, before it is registered.
   * @param others the channel's templates: code and name must be free
   */
  lint(template: unknown, others: readonly unknown[]): ContentIssue[];
  /** What became different between two looks at a template: text, title and buttons, not its state. */
  changes(before: unknown, after: unknown): TemplateChange[];
  /** The template a content is sent by, with the copy of it that the content may carry; null when the content names none. */
  usedBy(content: unknown): { code: string; copy: unknown } | null;
  /** The same content with a copy of its template, with which every finished message is compared. */
  withCopy(content: Readonly<Record<string, unknown>>, template: unknown): Record<string, unknown>;
  /** A content that says exactly what the template says. */
  contentFrom(template: unknown): Record<string, unknown>;
}

/** What may be done with a template; each in the carrier's console, except `send`. */
export type TemplateAction = "send" | "edit" | "delete" | "inquire";

export interface TemplateFacts {
  code: string;
  name: string | null;
  /** The search ID of the channel it belongs to. */
  channel: string | null;
  /** The carrier's word for its inspection state, e.g. `REJECT`. */
  state: string;
  /** The same in words. */
  means: string;
  text: string;
  /** Names used as `#{name}`. */
  variables: readonly string[];
  buttons: readonly TemplateButtonFacts[];
  /** Null where it is allowed; otherwise why not. */
  actions: Readonly<Record<TemplateAction, string | null>>;
  /** What the inspectors wrote, oldest first. */
  comments: readonly string[];
}

export interface TemplateButtonFacts {
  type: string;
  /** What that kind of button does. */
  means: string;
  name: string;
  links: readonly string[];
}

export interface TemplateChange {
  /** e.g. `content` or `buttons[1].linkPc` */
  field: string;
  before: string | null;
  after: string | null;
}

export interface ChannelFacts {
  id: string;
  name: string;
  /** The carrier's word. */
  state: string;
  means: string;
  /** Why nothing can be sent by it; empty when all is well. */
  faults: readonly string[];
  /** Whether an SMS in place of a failed message is set up for it. */
  hasFailover: boolean;
  /** The sender number of that SMS; null where the carrier does not name it. */
  failoverNumber: string | null;
}

/** The channels and templates of an account, all of them. */
export type AccountAnswer = { kind: "account"; channels: readonly unknown[]; templates: readonly unknown[] } | NoAnswer;
