import type { Lease, Pacer } from "./pacer.ts";

export interface SlotLeaseOptions {
  pacer: Pacer;
  /** Most slots in one lease. */
  size(): number;
  /** Most leases asked for at a time. */
  ahead(): number;
  onLease(lease: Lease): void;
  onError(error: Error): void;
}

/** Turns "so many slots are wanted" into leases, no more at a time than keeps the pace without a hole. */
export interface SlotLease {
  /** So many more slots than there are could be used now. Replaces what was said before. */
  want(count: number): void;
  /** What was asked for until now is not used when it comes: its pace is no more. */
  forget(): void;
  close(): void;
}

const retryAfterErrorMs = 200;

export function createSlotLease({ pacer, size, ahead, onLease, onError }: SlotLeaseOptions): SlotLease {
  let asked = 0;
  let askedSlots = 0;
  let era = 0;
  let closed = false;
  let retryTimer: NodeJS.Timeout | undefined;

  async function ask(count: number): Promise<void> {
    const askedIn = era;
    asked++;
    askedSlots += count;
    const done = (): void => {
      if (askedIn !== era) return;
      asked--;
      askedSlots -= count;
    };
    try {
      const lease = await pacer.lease(count);
      done();
      if (!closed && askedIn === era) onLease(lease);
    } catch (error) {
      if (closed) return;
      onError(error as Error);
      // Keeps its place among the asked for a moment, so that an error is not answered by a storm of tries.
      retryTimer = setTimeout(done, retryAfterErrorMs);
      retryTimer.unref();
    }
  }

  return {
    want(count) {
      if (closed) return;
      for (let missing = count - askedSlots; missing > 0 && asked < ahead(); missing = count - askedSlots) {
        void ask(Math.min(missing, size()));
      }
    },
    forget() {
      era++;
      asked = 0;
      askedSlots = 0;
    },
    close() {
      closed = true;
      clearTimeout(retryTimer);
    },
  };
}
