import { randomUUID } from "node:crypto";
import {
  advanceCursor,
  appendRows,
  beginImport,
  type CampaignRow,
  type ClaimedMessage,
  claimBatch,
  createCampaign,
  feedable,
  findCampaign,
  findMessage,
  finishImport,
  type ImportRow,
  type InboundRules,
  insertMessage,
  type MessageRow,
  type NewCampaign,
  type NewMessage,
  type NewReceipt,
  newId,
  publishRoutes,
  type RecordedResult,
  recordOutcomes,
  registerWorker,
  type Sql,
  startCampaign,
  type UnreadInbound,
} from "../src/index.ts";

export const route = "coupon-sms";

/** Rows for recipients `from`, `from + 1`, …; the number of a recipient is its line. */
export function importRows(count: number, from = 1): ImportRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: newId(),
    recipient: recipientOf(from + index),
    line: from + index,
    segments: 1,
    vars: [`name ${from + index}`],
  }));
}

export function recipientOf(number: number): string {
  return `+8190${String(number).padStart(8, "0")}`;
}

export interface GivenCampaign {
  campaignId: string;
  /** In the order of import. */
  ids: string[];
  rows: ImportRow[];
}

/** A draft. */
export async function givenDraft(sql: Sql, options: Partial<NewCampaign> = {}): Promise<CampaignRow> {
  await publishRoutes(sql, [{ name: options.route ?? route, provider: "kddi", settings: {} }]);
  const id = newId();
  const { campaign } = await createCampaign(sql, {
    id,
    key: id,
    name: "A campaign",
    route,
    content: { text: "Hello #{name}" },
    variables: ["name"],
    requestHash: Buffer.from("hash"),
    ...options,
  });
  return campaign;
}

/** A campaign with `count` messages, imported and not started. */
export async function givenReady(
  sql: Sql,
  count: number,
  options: Partial<NewCampaign> & { from?: number } = {},
): Promise<GivenCampaign> {
  const { from, ...campaign } = options;
  const { id: campaignId, route } = await givenDraft(sql, campaign);
  await beginImport(sql, { campaignId });
  const rows = importRows(count, from);
  for (let start = 0; start < count; start += 10_000) {
    const chunk = rows.slice(start, start + 10_000);
    const progress = { rows: start + chunk.length, digest: Buffer.from("digest"), rejected: 0, duplicates: 0 };
    await appendRows(sql, { campaignId, route, round: 1, rows: chunk, progress });
  }
  await finishImport(sql, { campaignId, rejectedRows: 0, digest: Buffer.from("digest") });
  return { campaignId, rows, ids: rows.map(({ id }) => id) };
}

/** … and running. */
export async function givenRunning(
  sql: Sql,
  count: number,
  options: Partial<NewCampaign> & { from?: number } = {},
): Promise<GivenCampaign> {
  const given = await givenReady(sql, count, options);
  await startCampaign(sql, { campaignId: given.campaignId });
  return given;
}

/** A registered worker's id. */
export async function givenWorker(sql: Sql): Promise<string> {
  const id = newId();
  await registerWorker(sql, { id, kind: "sender", host: "localhost", pid: process.pid });
  return id;
}

/** Claims under a new token. */
export async function claim(
  sql: Sql,
  ids: readonly string[],
  options: { worker?: string; claim?: string; route?: string; probe?: boolean } = {},
): Promise<{ claim: string; worker: string; claimed: ClaimedMessage[] }> {
  const token = options.claim ?? randomUUID();
  const worker = options.worker ?? (await givenWorker(sql));
  const input = { ids, claim: token, worker, route: options.route ?? route, probe: options.probe ?? false };
  return { claim: token, worker, claimed: await claimBatch(sql, input) };
}

/** Claims and records the same result for all; answers the rows as they are then. */
export async function send(
  sql: Sql,
  ids: readonly string[],
  result: Partial<RecordedResult> & Pick<RecordedResult, "to">,
  options: { route?: string } = {},
): Promise<MessageRow[]> {
  const { claim: token, worker } = await claim(sql, ids, options);
  const results = ids.map((id) => resultFor(id, token, result));
  await recordOutcomes(sql, { worker, results });
  return await messages(sql, ids);
}

/** An accepted message gets its id as carrier id, unless told otherwise. */
export function resultFor(
  id: string,
  claim: string,
  result: Partial<RecordedResult> & Pick<RecordedResult, "to">,
): RecordedResult {
  const providerMessageId = result.to === "accepted" ? { providerMessageId: `carrier-${id}` } : {};
  return { outcome: result.to, ...providerMessageId, ...result, id, claim };
}

/** Moves the cursor of a running campaign, as a feeder does that has just read it. */
export async function feedUpTo(sql: Sql, { campaignId }: { campaignId: string }, cursor = ""): Promise<void> {
  const campaign = await findCampaign(sql, { id: campaignId });
  const running = await feedable(sql, { route: campaign?.route ?? "" });
  const version = running.find(({ id }) => id === campaignId)?.version ?? "";
  await advanceCursor(sql, { campaignId, version, cursor });
}

/** The rows, in the order of `ids`. */
export async function messages(sql: Sql, ids: readonly string[]): Promise<MessageRow[]> {
  const found = await Promise.all(ids.map((id) => findMessage(sql, { id })));
  return found.filter((message) => message !== null);
}

/** One row that must exist. */
export async function message(sql: Sql, id: string | undefined): Promise<MessageRow> {
  const found = await findMessage(sql, { id: id ?? "" });
  if (!found) throw new Error(`No message ${id}`);
  return found;
}

export async function givenSingle(sql: Sql, options: Partial<NewMessage> = {}): Promise<MessageRow> {
  await publishRoutes(sql, [{ name: options.route ?? route, provider: "kddi", settings: {} }]);
  const { message } = await insertMessage(sql, {
    id: newId(),
    route,
    recipient: recipientOf(1),
    content: { text: "Your code is 1234" },
    segments: 1,
    ...options,
  });
  return message;
}

/** A pending receipt that came just now. */
export function receipt(
  options: Partial<NewReceipt> & Pick<NewReceipt, "providerMessageId" | "reportedState">,
): NewReceipt {
  const { providerMessageId, reportedState } = options;
  return {
    id: newId(),
    route,
    kind: "receipt",
    dedupeKey: `${providerMessageId}|${reportedState}`,
    body: "{}",
    rawStatus: reportedState ?? null,
    status: "pending",
    receivedAt: new Date(Date.now() - 1_000),
    ...options,
  };
}

/** Something an end user did just now, not yet brought into `inbound`. */
export function unread(
  options: Partial<Omit<NewReceipt, "read">> & { read?: Partial<UnreadInbound>; recipient: string | null },
): NewReceipt {
  const { read, receivedAt = new Date(), ...rest } = options;
  const id = newId(receivedAt);
  return {
    ...{ id, route, receivedAt, body: "{}", dedupeKey: id, status: "unread" },
    kind: `inbound.${read?.event ?? "sms-mo"}`,
    ...rest,
    read: {
      ...{ event: "sms-mo", text: null, displayText: null, postbackData: null, smsNumber: null },
      ...{ attachment: null, deviceSpecifics: null },
      ...read,
    },
  };
}

/** Rules of a route whose users say STOP and START, and whose buttons hold `ref=<id>`. */
export function inboundRules(options: Partial<InboundRules> = {}): InboundRules {
  const words = { STOP: "opt-out", START: "opt-in" } as const;
  return {
    linkWithinMs: 7 * 86_400_000,
    readReference: (data) => (data.startsWith("ref=") ? { messageId: data.slice(4), button: "chip1" } : null),
    isSentFrom: () => null,
    findWord(texts) {
      const word = texts.find((text): text is keyof typeof words => text !== null && text in words);
      return word === undefined ? null : { kind: words[word], word, scope: route };
    },
    isTold: false,
    ...options,
  };
}

/** Moves a time of a row into the past, as if so long had gone by. */
export async function age(sql: Sql, id: string, column: string, ms: number): Promise<void> {
  await sql`update message set ${sql(column)} = now() - ${ms} * interval '1 millisecond' where id = ${id}`;
}

/** How many rows of `message` the work reads, whatever it does with them. */
export async function messagesRead(sql: Sql, work: (sql: Sql) => Promise<unknown>): Promise<number> {
  return await sql.begin(async (transaction) => {
    const read = async () => {
      const [sum] = await transaction<[{ rows: number }]>`
        select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
        from pg_stat_xact_user_tables where relid = 'message'::regclass`;
      return sum.rows;
    };
    // What the connection read shortly before is still counted with the transaction.
    const before = await read();
    await work(transaction as unknown as Sql);
    return (await read()) - before;
  });
}
