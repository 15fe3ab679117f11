import type { AccountOptions, AccountPatch } from "./kddi/account-options.ts";
import type { Channel, MessageState } from "./kddi/behaviours.ts";
import type { ConnectionTestResult } from "./kddi/connection-test.ts";
import type { Faults, FaultsInput } from "./kddi/faults.ts";
import type { Duplicate } from "./kddi/message-store.ts";
import type { NotifierReport } from "./kddi/notifier.ts";
import type { PhonePatch } from "./kddi/phones.ts";
import type { ReplyRequest, UserRequests } from "./kddi/user-requests.ts";
import type { MessageView, PhoneView, RequestView } from "./kddi/views.ts";
import type { TrafficReport } from "./traffic.ts";

/** An account without its credentials. */
export type AccountView = Omit<AccountOptions, "user" | "password" | "tokens"> & {
  /** It has carrier tokens, so that it can send +Message. */
  readonly hasTokens: boolean;
  /** What `baseUrl` of a route to this account is: host and aggid. */
  readonly baseUrl: string;
};

export interface Metrics extends TrafficReport {
  /** Accepted messages by the state they are in now. */
  readonly messages: Readonly<Record<MessageState, number>>;
  /** The same messages by the way they went. */
  readonly channels: Readonly<Record<Channel, number>>;
  /** Older messages that made room for newer ones (option `keep`): counted above no more. */
  readonly forgotten: number;
  /** Accepted messages whose recipient and text were accepted before. The list is cut at 1,000. */
  readonly duplicates: { readonly count: number; readonly list: readonly Duplicate[] };
  readonly notifications: NotifierReport;
  /** TCP connections of the gateway port. */
  readonly connections: { readonly open: number; readonly peak: number };
  /** The same figures for each botId alone; limits are counted here. */
  readonly accounts: Readonly<Record<string, TrafficReport>>;
}

export interface MessageFilter {
  readonly to?: string | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

export interface PhoneFilter {
  /** Digits the number contains. */
  readonly digits?: string | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/** A running simulator. The control API offers the same, over HTTP. */
export interface Simulator {
  /** `http://host:port` of the gateway; a route's `baseUrl` is this plus `/{aggid}`. */
  readonly gatewayUrl: string;
  readonly controlUrl: string;
  accounts(): readonly AccountView[];
  /** Changes limits and notification URLs of a running account. @throws UnknownBotError */
  setAccount(botId: string, patch: AccountPatch): AccountView;
  /** Accepted messages, the oldest first; all, or those to one number, or a page of them. */
  messages(filter?: MessageFilter): readonly MessageView[];
  /** How many there are, whatever the page. */
  messageCount(filter?: Pick<MessageFilter, "to">): number;
  /** Every request that named this number, accepted or not, in the order of time. */
  requests(to: string): readonly RequestView[];
  /** Numbers that were sent to, that did something or that something was set for, the latest first. */
  phones(filter?: PhoneFilter): readonly string[];
  phone(number: string): PhoneView;
  /** What waited for the phone is delivered, where it can be now. */
  setPhone(number: string, patch: PhonePatch): PhoneView;
  /** The user writes an SMS. Gives its msgId, or nothing where it cannot be told. @throws UserActError */
  reply(reply: ReplyRequest): string | undefined;
  /** What the person with the phone does; `reply` tells here why it was not sent. */
  readonly user: UserRequests;
  /** Posts the connection test to every registered URL, or to those of one account. */
  testConnections(botId?: string): Promise<readonly ConnectionTestResult[]>;
  faults(): Faults;
  /** Replaces all faults; what is left out is off. */
  setFaults(faults: FaultsInput): Faults;
  /** Simulated time, in milliseconds since the epoch. */
  now(): number;
  /** Jumps the clock; everything that falls due happens at once, in order. Returns the new time. */
  advanceClock(ms: number): number;
  metrics(): Metrics;
  /** Forgets messages, phones, subscribers, faults, counts and clock jumps. Accounts stay as they are. */
  reset(): void;
  /** Takes no new request, lets open ones finish for `deadlineMs` (default 5,000), then closes everything. */
  close(deadlineMs?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export class UnknownBotError extends Error {
  readonly code = "UNKNOWN_BOT";
  override readonly name = "UnknownBotError";
  constructor(botId: string, known: readonly string[]) {
    super(`botId "${botId}" is not an account of this simulator; it has ${known.join(", ")}`);
  }
}
