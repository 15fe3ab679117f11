import type { CapabilityAnswer } from "@hikyaku/core";
import {
  type CapabilityRow,
  isCapabilityProven,
  knownCapabilities,
  recordCapabilities,
  type Sql,
} from "@hikyaku/ledger";
import type { PacedAsker } from "./paced-asker.ts";
import { QuestionError } from "./question-error.ts";

/** What is known of one number; `capable` null: nothing, and `said` tells why. */
export type CheckedCapability = Omit<CapabilityRow, "capable" | "checkedAt"> &
  ({ capable: boolean; checkedAt: Date; cached: boolean } | { capable: null; checkedAt: null; cached: false });

export interface CapabilityRequest {
  /** In the carrier's form (E.164). Read no faster than it is asked. */
  recipients: Iterable<string> | AsyncIterable<string>;
  /** An earlier answer that is not older is used again. */
  maxAgeMs: number;
  /** Asks nothing more; what is in flight is waited for and kept. */
  signal: AbortSignal;
}

export interface CapabilityDeps {
  route: string;
  sql: Sql;
  ask: PacedAsker;
}

const lookUpSize = 500;
/** Questions that wait for a permit or an answer. Far more than any share of a limit lets out at once. */
const window = 100;
const saveEveryMs = 1_000;
const saveSize = 200;
/** So many "not found" without a single "capable": the path is more likely wrong than the list. */
const longestUnproven = 100;
const longestFailing = 20;

/**
 * Asks for each number whether the richer channel reaches it: from the ledger where that is young enough, else from the
 * carrier under the route's limits. Answers in the order of `recipients`, one for each, until the signal; each answer is
 * kept within about a second.
 *
 * @throws QuestionError when asking further is of no use
 */
export async function* checkCapabilities(
  { route, sql, ask }: CapabilityDeps,
  { recipients, maxAgeMs, signal }: CapabilityRequest,
): AsyncGenerator<CheckedCapability> {
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  let isProven = await isCapabilityProven(sql, { route });
  let unproven = 0;
  let failing = 0;
  let fault: QuestionError | null = null;
  /** Questions at the carrier or on their way there. */
  let asking = 0;
  /** No further question is put before one of those asked has its answer. */
  let isWaiting = false;
  /** Resolves when a number was found capable, or there is nothing left that may be. */
  let proof = Promise.withResolvers<void>();
  const tellOfProof = () => {
    const isHopeless = stopping.aborted || (isWaiting && asking === 0);
    if (!isProven && !isHopeless) return;
    proof.resolve();
    proof = Promise.withResolvers();
  };
  stopping.addEventListener("abort", tellOfProof);
  const waiting: Promise<CheckedCapability | null>[] = [];
  /** Asked already, and not in the ledger yet. */
  const asked = new Map<string, Promise<CheckedCapability | null>>();
  let unsaved: CapabilityRow[] = [];
  let savedAt = performance.now();

  const end = (error: QuestionError) => {
    fault ??= error;
    stop.abort();
  };

  const read = (recipient: string, answer: CapabilityAnswer): CheckedCapability => {
    const nothing = (said: string) => ({ recipient, capable: null, said, checkedAt: null, cached: false }) as const;
    failing = answer.kind === "failed-check" || answer.kind === "throttled" ? failing + 1 : 0;
    switch (answer.kind) {
      case "capable":
      case "not-capable": {
        const capable = answer.kind === "capable";
        isProven ||= capable;
        const said = answer.kind === "capable" ? answer.capabilities.join(" ") : answer.reason;
        const row = { recipient, capable, said, checkedAt: new Date() };
        unsaved.push(row);
        return { ...row, cached: false };
      }
      case "not-available":
        unproven += 1;
        if (answer.forRoute) end(new QuestionError("not-offered", answer.reason));
        else if (!isProven && unproven >= longestUnproven) end(new QuestionError("not-proven", answer.reason));
        return nothing(answer.reason);
      case "held":
        end(new QuestionError("refused", answer.reason));
        return nothing(answer.reason);
      case "throttled":
      case "failed-check":
        if (failing >= longestFailing) end(new QuestionError("failing", answer.reason));
        return nothing(answer.reason);
      default:
        return answer satisfies never;
    }
  };

  const askOnce = async (recipient: string) => {
    const provenBefore = isProven;
    asking += 1;
    const answer = await ask<CapabilityAnswer>(
      (client) => client.checkCapability?.([recipient], { provenBefore }).then(([first]) => first ?? noAnswer),
      stopping,
    ).finally(() => {
      asking -= 1;
    });
    if (answer === undefined) end(new QuestionError("not-offered", "the carrier offers no capability check"));
    return answer ? read(recipient, answer) : null;
  };

  /** What got no verdict before the proof ("not found" is none until then) is asked again as soon as there is one. */
  const askOne = async (recipient: string): Promise<CheckedCapability | null> => {
    const wasProven = isProven;
    const checked = await askOnce(recipient);
    const { promise } = proof;
    tellOfProof();
    if (checked === null || checked.capable !== null || wasProven) return checked;
    await promise;
    return isProven && !stopping.aborted ? await askOnce(recipient) : checked;
  };

  const save = async (): Promise<void> => {
    const answers = unsaved;
    unsaved = [];
    savedAt = performance.now();
    await recordCapabilities(sql, { route, answers });
    for (const { recipient } of answers) asked.delete(recipient);
  };

  try {
    const take = async () => {
      isWaiting = true;
      tellOfProof();
      const checked = (await waiting.shift()) ?? null;
      isWaiting = false;
      if (fault !== null) throw fault;
      if (unsaved.length >= saveSize || performance.now() - savedAt > saveEveryMs) await save();
      return checked;
    };
    for await (const chunk of chunksOf(recipients, lookUpSize)) {
      const known = new Map(
        (await knownCapabilities(sql, { route, recipients: chunk, maxAgeMs })).map((row) => [row.recipient, row]),
      );
      for (const recipient of chunk) {
        const row = known.get(recipient);
        const earlier = asked.get(recipient);
        const answer = row ? Promise.resolve({ ...row, cached: true }) : (earlier ?? askOne(recipient));
        if (!row && !earlier) asked.set(recipient, answer);
        // Told when it is its turn; a fault of ours before that must not end the process.
        answer.catch(() => {});
        waiting.push(answer);
        if (waiting.length < window) continue;
        const checked = await take();
        if (checked === null) return;
        yield checked;
      }
      if (stopping.aborted) break;
    }
    while (waiting.length > 0) {
      const checked = await take();
      if (checked === null) return;
      yield checked;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(waiting);
    await save();
  }
}

const noAnswer: CapabilityAnswer = { kind: "failed-check", reason: "the provider gave no answer for this number" };

async function* chunksOf<Item>(items: Iterable<Item> | AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
