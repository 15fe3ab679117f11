import { listReservations, type ReservationRow } from "@hikyaku/ledger";
import { QuestionError } from "./question-error.ts";
import { cancelReservation, neverOffered, type ReservationDeps, ReservationError } from "./reservations.ts";

/** A reservation that is not taken back. */
export interface LeftReservation {
  reserveId: string;
  reservedAt: Date;
  /** Messages of ours in it whose end is open. */
  messages: number;
  /** Why it was left as it is. */
  fault: string;
}

/** What the carrier holds of a campaign and has not begun, as the ledger knows it. */
export interface CampaignReservations {
  /** In the order of their times. Whether the carrier still lets go of them it says when it is asked. */
  possible: ReservationRow[];
  left: LeftReservation[];
}

export interface TakenBack {
  /** Reservations that are cancelled now, by this call or a moment before by somebody else. */
  cancelled: number;
  /** Messages that ended by this call, as `revoked`. */
  revoked: number;
  left: LeftReservation[];
  /** Why the carrier could not be asked about all of them; the same again goes on. Null when it could. */
  fault: QuestionError | null;
}

export interface TakeBackRequest {
  campaignId: string;
  /** Who, as it stands in the messages' reason and in the audit. */
  by: string;
  /** Nothing further is cancelled from then on. */
  signal: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

const pageSize = 1_000;
/** The carrier's network must not decide how long it takes; the route's limits do. */
const atOnce = 10;

/**
 * From the ledger alone. A reservation that holds messages of another campaign, too, is left: the carrier takes back all of it or nothing.
 * @throws QuestionError when the carrier takes no reservations
 */
export async function campaignReservations(
  { route, sql, isOffered }: Pick<ReservationDeps, "route" | "sql" | "isOffered">,
  { campaignId }: { campaignId: string },
): Promise<CampaignReservations> {
  if (!isOffered) throw new QuestionError("not-offered", neverOffered);
  const possible: ReservationRow[] = [];
  const left: LeftReservation[] = [];
  const from = new Date();
  for (let after: string | undefined; ; ) {
    const page = await listReservations(sql, {
      ...{ route, campaignId, from, limit: pageSize },
      ...(after === undefined ? {} : { after }),
    });
    for (const row of page) {
      const others = row.campaigns.filter(({ id }) => id !== campaignId).map(({ key }) => key);
      if (row.open === 0) continue;
      if (others.length === 0) possible.push(row);
      else left.push(leftAs(row, `holds messages of ${others.join(", ")} too; cancel it by its id to take those back`));
    }
    after = page.at(-1)?.reserveId;
    if (page.length < pageSize || after === undefined) return { possible, left };
  }
}

/**
 * Cancels all that the carrier holds of a campaign and lets go of, one by one; also what joins them meanwhile, as the campaign's last
 * requests are answered. Says what was left, and why; what is broken off goes on when it is done again.
 *
 * @throws QuestionError when the carrier takes no reservations
 */
export async function takeBackReservations(
  deps: ReservationDeps,
  { campaignId, by, signal, onProgress = () => {} }: TakeBackRequest,
): Promise<TakenBack> {
  const taken: TakenBack = { cancelled: 0, revoked: 0, left: [], fault: null };
  const seen = new Set<string>();
  const isNew = ({ reserveId }: { reserveId: string }): boolean => {
    if (seen.has(reserveId)) return false;
    seen.add(reserveId);
    return true;
  };
  for (let total = 0; ; ) {
    const { possible, left } = await campaignReservations(deps, { campaignId });
    taken.left.push(...left.filter(isNew));
    const waiting = possible.filter(isNew);
    if (waiting.length === 0) return taken;
    total += waiting.length;
    let done = total - waiting.length;
    let broken: unknown = null;
    const work = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined && broken === null; row = waiting.shift()) {
        try {
          const cancelled = await cancelReservation(deps, { reserveId: row.reserveId, by, signal });
          if (cancelled === null) return;
          taken.cancelled += 1;
          taken.revoked += cancelled.revoked;
        } catch (error) {
          if (error instanceof ReservationError) taken.left.push(leftAs(row, error.message));
          else broken ??= error;
        }
        done += 1;
        onProgress(done, total);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, work));
    if (broken instanceof QuestionError) return { ...taken, fault: broken };
    if (broken !== null) throw broken;
    if (signal.aborted) return taken;
  }
}

function leftAs({ reserveId, reservedAt, open: messages }: ReservationRow, fault: string): LeftReservation {
  return { reserveId, reservedAt, messages, fault };
}
