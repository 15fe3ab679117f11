import { isFinal, type ReceiptState, receiptStates } from "@hikyaku/core";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { type Adoption, adoptUnknown } from "./adopt-unknown.ts";
import { foldReports, type MessageProgress, type Report } from "./fold-reports.ts";
import { type ProgressWrite, writeProgress } from "./write-progress.ts";

export interface ApplyReceiptsInput {
  limit: number;
  /** A receipt whose message is not known is kept waiting for so long (24 h), then given up. */
  parkForMs: number;
  /** … and tried again after so long. */
  parkRetryMs: number;
}

export interface AppliedReceipts {
  /** Receipts that moved their message. */
  applied: number;
  /** Late, repeated or not understood: kept, nothing changed. */
  stale: number;
  /** Their message is not known (yet): tried again later. */
  parked: number;
  /** Their message was never found: given up. */
  unmatched: number;
  /** Messages of unknown outcome that a receipt proved accepted. */
  adopted: number;
  /** For each applied receipt, from the acceptance of its message to its arrival. */
  delaysMs: number[];
}

/**
 * Applies at most `limit` waiting receipts; any number of processes may call at once. Receipts of one message that wait
 * together are applied in the order of their rank.
 */
export async function applyReceipts(sql: Sql, input: ApplyReceiptsInput): Promise<AppliedReceipts> {
  return await sql.begin(async (transaction) => {
    const receipts = await takeReceipts(transaction, input.limit);
    const result: AppliedReceipts = { applied: 0, stale: 0, parked: 0, unmatched: 0, adopted: 0, delaysMs: [] };
    if (receipts.length === 0) return result;

    const messages = await lockMessages(transaction, receipts);
    const lost = receipts.filter((receipt) => !messages.has(keyOf(receipt)));
    for (const adoption of await adoptUnknown(transaction, lost)) {
      messages.set(keyOf(adoption), toMessage(adoption));
      result.adopted++;
    }

    const writes: ProgressWrite[] = [];
    const settled: SettledReceipt[] = [];
    for (const [key, group] of Map.groupBy(receipts, keyOf)) {
      const message = messages.get(key);
      if (message) applyToMessage(message, group, { result, writes, settled });
      else for (const receipt of group) settled.push(setAside(receipt, input, result));
    }
    await writeProgress(transaction, writes);
    await settleReceipts(transaction, settled, input.parkRetryMs);
    return result;
  });
}

interface WaitingReceipt {
  id: string;
  route: string;
  providerMessageId: string | null;
  reportedState: string | null;
  reason: string | null;
  recipient: string | null;
  eventAt: Date | null;
  receivedAt: Date;
  ageMs: number;
}

interface LockedMessage extends MessageProgress {
  id: string;
  route: string;
  providerMessageId: string;
  nextCheckAt: Date | null;
}

interface SettledReceipt {
  id: string;
  status: "applied" | "stale" | "parked" | "unmatched";
  messageId: string | null;
}

async function takeReceipts(transaction: Queryable, limit: number): Promise<WaitingReceipt[]> {
  return await transaction<WaitingReceipt[]>`
    select id, route, provider_message_id, reported_state, reason, recipient, event_at, received_at,
           (extract(epoch from now() - received_at) * 1000)::float8 as age_ms
    from receipt_raw
    where status in ('pending', 'parked') and try_at <= now()
    order by try_at
    limit ${limit}
    for update skip locked`;
}

async function lockMessages(transaction: Queryable, receipts: WaitingReceipt[]): Promise<Map<string, LockedMessage>> {
  const named = receipts.filter((receipt) => receipt.providerMessageId !== null);
  const rows = await transaction<LockedMessage[]>`
    select message.id, message.route, message.provider_message_id, state, accepted_at, sent_at, delivered_at,
           displayed_at, ended_at, next_check_at, reason
    from (
      select distinct route, provider_message_id
      from unnest(${named.map((r) => r.route)}::text[], ${named.map((r) => r.providerMessageId)}::text[])
        as given (route, provider_message_id)
    ) as receipt
    join message on message.route = receipt.route and message.provider_message_id = receipt.provider_message_id
    order by message.id
    for no key update of message`;
  return new Map(rows.map((message) => [keyOf(message), message]));
}

function keyOf({ route, providerMessageId }: { route: string; providerMessageId: string | null }): string {
  return `${route}\n${providerMessageId ?? ""}`;
}

function toMessage(adoption: Adoption): LockedMessage {
  const progress = { acceptedAt: null, sentAt: null, deliveredAt: null, displayedAt: null, endedAt: null };
  return { ...progress, ...adoption, state: "unknown", reason: null, nextCheckAt: null };
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
  if (movers.size === 0) return;
  // An adopted message owes a check like any accepted one; its first is due at once, since its attempt is long past.
  const owed = message.state === "unknown" ? new Date() : message.nextCheckAt;
  writes.push({
    id: message.id,
    progress,
    providerMessageId: message.providerMessageId,
    nextCheckAt: isFinal(progress.state) ? null : owed,
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
      try_at = case when settled.status = 'parked' then now() + ${parkRetryMs} * interval '1 millisecond' end,
      tries = least(receipt_raw.tries + 1, 32767)
    from unnest(
      ${settled.map((receipt) => receipt.id)}::uuid[],
      ${settled.map((receipt) => receipt.status)}::text[],
      ${settled.map((receipt) => receipt.messageId)}::uuid[]
    ) as settled (id, status, message_id)
    where receipt_raw.id = settled.id`;
}
