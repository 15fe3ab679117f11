import { isFinal, type ReceiptState, receiptStates } from "@hikyaku/core";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { type Adoption, adoptUnknown } from "./adopt-unknown.ts";
import { foldReports, type MessageProgress, type Report } from "./fold-reports.ts";
import { type ProgressWrite, writeProgress } from "./write-progress.ts";

export interface ApplyReceiptsInput {
  limit: number;
  /** A receipt whose message is not known is kept waiting for so long (24 h), then given up. */
  parkForMs: number;
  /** … and tried again after so long (500 ms), then after twice as long each time, at least once an hour. */
  parkRetryMs: number;
  /** A receipt proves a message of unknown outcome accepted only when that was posted so long before it at most. 72 h. */
  adoptWithinMs?: number;
}

export interface AppliedReceipts {
  /** Receipts looked at. As many as `limit` means that more may wait. */
  taken: number;
  /** Receipts that moved their message. */
  applied: number;
  /** Late, repeated or not understood: kept, nothing changed. */
  stale: number;
  /** Their message is not known (yet): tried again later. */
  parked: number;
  /** Their message was never found: given up. */
  unmatched: number;
  /** Messages of unknown outcome, closed ones too, that a receipt proved accepted. */
  adopted: number;
  /** For each applied receipt, from the acceptance of its message to its arrival. */
  delaysMs: number[];
}

const longestParkRetryMs = 3_600_000;
const defaultAdoptWithinMs = 72 * 3_600_000;

/**
 * Applies at most `limit` waiting receipts, fresh ones before those that were parked; any number of processes may call at
 * once. A receipt belongs to the message that has its carrier id, else to the only one of the order of that id. Receipts of
 * one message that wait together are applied in the order of their rank.
 */
export async function applyReceipts(sql: Sql, input: ApplyReceiptsInput): Promise<AppliedReceipts> {
  return await sql.begin(async (transaction) => {
    const receipts = await takeReceipts(transaction, input.limit);
    const result: AppliedReceipts = { ...nothingApplied, taken: receipts.length, delaysMs: [] };
    if (receipts.length === 0) return result;

    const messages = await lockMessages(transaction, receipts);
    const lost = receipts.filter((receipt) => !messages.has(keyOf(receipt)));
    for (const adoption of await adoptUnknown(transaction, lost, input.adoptWithinMs ?? defaultAdoptWithinMs)) {
      messages.set(keyOf(adoption), toMessage(adoption));
      result.adopted++;
    }

    const writes: ProgressWrite[] = [];
    const settled: SettledReceipt[] = [];
    for (const [message, group] of Map.groupBy(receipts, (receipt) => messages.get(keyOf(receipt)))) {
      if (message) applyToMessage(message, group, { result, writes, settled });
      else for (const receipt of group) settled.push(setAside(receipt, input, result));
    }
    await writeProgress(transaction, writes);
    await settleReceipts(transaction, settled, input.parkRetryMs);
    return result;
  });
}

const nothingApplied = { applied: 0, stale: 0, parked: 0, unmatched: 0, adopted: 0 };

interface WaitingReceipt {
  id: string;
  route: string;
  providerMessageId: string | null;
  reportedState: string | null;
  reason: string | null;
  recipient: string | null;
  channel: string | null;
  eventAt: Date | null;
  receivedAt: Date;
  ageMs: number;
}

interface LockedMessage extends MessageProgress {
  id: string;
  providerMessageId: string | null;
  nextCheckAt: Date | null;
  /** Adopted after the operator had closed it. */
  wasClosed?: boolean;
  hasFallback: boolean;
}

interface SettledReceipt {
  id: string;
  status: "applied" | "stale" | "parked" | "unmatched";
  messageId: string | null;
}

/** However many receipts of messages nobody knows are parked, they never hold up a fresh one. */
async function takeReceipts(transaction: Queryable, limit: number): Promise<WaitingReceipt[]> {
  const fresh = await takeWaiting(transaction, "pending", limit);
  if (fresh.length === limit) return fresh;
  return [...fresh, ...(await takeWaiting(transaction, "parked", limit - fresh.length))];
}

async function takeWaiting(transaction: Queryable, status: "pending" | "parked", limit: number) {
  // Not a parameter: only a literal tells the planner that the partial index holds all of them.
  const ofStatus = status === "pending" ? transaction`status = 'pending'` : transaction`status = 'parked'`;
  return await transaction<WaitingReceipt[]>`
    select id, route, provider_message_id, reported_state, reason, recipient, channel, event_at, received_at,
           (extract(epoch from now() - received_at) * 1000)::float8 as age_ms
    from receipt_raw
    where ${ofStatus} and try_at <= now()
    order by try_at
    limit ${limit}
    for update skip locked`;
}

/** The messages of receipts by {@link keyOf}; one that two receipts name differently is the same object under both. */
async function lockMessages(transaction: Queryable, receipts: WaitingReceipt[]): Promise<Map<string, LockedMessage>> {
  const named = receipts.filter((receipt) => receipt.providerMessageId !== null);
  const rows = await transaction<(LockedMessage & { route: string; named: string })[]>`
    with receipt as materialized (
      select distinct route, named
      from unnest(${named.map((r) => r.route)}::text[], ${named.map((r) => r.providerMessageId)}::text[])
        as given (route, named)
    ),
    found as materialized (
      select receipt.named, message.id
      from receipt join message on message.route = receipt.route and message.provider_message_id = receipt.named
      union all
      select receipt.named, (array_agg(message.id))[1]
      from receipt
      join message on message.route = receipt.route and message.provider_order_id = receipt.named
        and message.provider_order_id is distinct from message.provider_message_id
      where not exists (
        select from message as owner where owner.route = receipt.route and owner.provider_message_id = receipt.named
      )
      -- An order of several messages says nothing about one of them.
      group by receipt.route, receipt.named having count(*) = 1
    )
    select message.id, message.route, found.named, message.provider_message_id, state, accepted_at, sent_at, delivered_at,
           displayed_at, ended_at, next_check_at, reason, fallback_after_ms is not null as has_fallback
    from found join message on message.id = found.id
    order by message.id
    for no key update of message`;
  const byId = new Map(rows.map((message) => [message.id, message]));
  const entries = rows.map(
    ({ id, route, named }) => [keyOf({ route, providerMessageId: named }), byId.get(id)] as const,
  );
  return new Map(entries.flatMap(([key, message]) => (message ? [[key, message]] : [])));
}

function keyOf({ route, providerMessageId }: { route: string; providerMessageId: string | null }): string {
  return `${route}\n${providerMessageId ?? ""}`;
}

function toMessage(adoption: Adoption): LockedMessage {
  const progress = { sentAt: null, deliveredAt: null, displayedAt: null };
  // It owes a check like any accepted message; its first is due at once, since its attempt is long past.
  return { ...progress, ...adoption, wasClosed: adoption.state === "expired", nextCheckAt: new Date() };
}

function applyToMessage(
  message: LockedMessage,
  receipts: readonly WaitingReceipt[],
  { result, writes, settled }: { result: AppliedReceipts; writes: ProgressWrite[]; settled: SettledReceipt[] },
): void {
  const readable = receipts.filter(({ reportedState }) => isReportable(reportedState));
  const { progress, moved } = foldReports(message, readable.map(toReport));
  const movers = new Set(readable.filter((_, index) => moved[index]));
  for (const receipt of receipts) {
    const hasMoved = movers.has(receipt);
    settled.push({ id: receipt.id, status: hasMoved ? "applied" : "stale", messageId: message.id });
    if (!hasMoved) {
      result.stale++;
      continue;
    }
    result.applied++;
    if (message.acceptedAt) result.delaysMs.push(receipt.receivedAt.getTime() - message.acceptedAt.getTime());
  }
  // A closed message is moved only by a report of its end. Until that comes, the carrier's id is what it will be found by.
  if (movers.size === 0 && !message.wasClosed) return;
  writes.push({
    id: message.id,
    progress,
    providerMessageId: message.providerMessageId,
    channel: receipts.find(({ channel }) => channel !== null)?.channel ?? null,
    nextCheckAt: isFinal(progress.state) ? null : message.nextCheckAt,
    hasFallback: message.hasFallback,
  });
}

function isReportable(state: string | null): boolean {
  return state === "pending" || (receiptStates as readonly (string | null)[]).includes(state);
}

function toReport(receipt: WaitingReceipt): Report {
  return {
    state: receipt.reportedState as ReceiptState | "pending",
    at: receipt.eventAt ?? receipt.receivedAt,
    reason: receipt.reason,
  };
}

function setAside({ id, ageMs }: WaitingReceipt, { parkForMs }: ApplyReceiptsInput, result: AppliedReceipts) {
  const status = ageMs < parkForMs ? "parked" : "unmatched";
  result[status]++;
  return { id, status, messageId: null } as const;
}

async function settleReceipts(transaction: Queryable, settled: SettledReceipt[], parkRetryMs: number): Promise<void> {
  await transaction`
    update receipt_raw set
      status = settled.status,
      message_id = settled.message_id,
      applied_at = case when settled.status = 'applied' then now() end,
      try_at = case when settled.status = 'parked' then
        now() + least(${parkRetryMs}::float8 * power(2, least(receipt_raw.tries, 40)), ${longestParkRetryMs})
              * interval '1 millisecond'
        end,
      tries = least(receipt_raw.tries + 1, 32767)
    from unnest(
      ${settled.map((receipt) => receipt.id)}::uuid[],
      ${settled.map((receipt) => receipt.status)}::text[],
      ${settled.map((receipt) => receipt.messageId)}::uuid[]
    ) as settled (id, status, message_id)
    where receipt_raw.id = settled.id`;
}
