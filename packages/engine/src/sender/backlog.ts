import type { DeliveryWindow } from "@hikyaku/core";
import type { SendLane } from "./lane.ts";

/** One message that this process holds a job for and has not claimed yet. */
export interface BacklogEntry {
  readonly id: string;
  /** All must be open for it to go out; those of a single message are known when it is claimed. */
  readonly windows: readonly DeliveryWindow[];
  readonly lane: SendLane;
  /** Messages of one key may share a request. Read only where requests have room for more than one. */
  readonly requestKey: string;
  /** Tells the entry's job that it is through with this message; `left` = untouched, to be queued again. */
  readonly settle: (how: "done" | "left") => void;
}

export interface BacklogOptions {
  /** Recipients one request can carry. */
  readonly recipientsPerRequest: number;
  /** How long a request of a campaign that is not full waits for more messages. */
  readonly gatherMs?: number;
  /** Milliseconds on any clock that never goes back. */
  readonly now?: () => number;
}

/** Two jobs of a campaign are rarely further apart than this, and nobody notices a campaign message that is so much later. */
const defaultGatherMs = 20;

/**
 * What waits inside this process for a permit: single messages before campaign messages, each first come, first served.
 * Kept short on purpose (a few permits' worth), because what waits here cannot be overtaken by another process.
 *
 * Where a request carries many recipients, messages of one key are taken together, so that a permit is not spent on a few; the keys take
 * turns. A request that is not full yet waits for the jobs that are just coming, but no longer than `gatherMs`, and a single message never.
 */
export function createBacklog({
  recipientsPerRequest,
  gatherMs = defaultGatherMs,
  now = () => performance.now(),
}: BacklogOptions) {
  const isGathering = recipientsPerRequest > 1;
  const singles = createLine(now);
  const campaigns = new Map<string, Line>();
  let wake: (() => void) | null = null;
  let isPoked = false;

  const wakeUp = (): void => {
    wake?.();
    wake = null;
  };
  const lineOf = ({ lane, requestKey }: BacklogEntry): Line => {
    if (lane === "single") return singles;
    const key = isGathering ? requestKey : "";
    const known = campaigns.get(key);
    if (known) return known;
    const line = createLine(now);
    campaigns.set(key, line);
    return line;
  };
  /** How long until this line may go; 0 = it may. */
  const waitOf = (line: Line): number =>
    !isGathering || line.size >= recipientsPerRequest ? 0 : Math.max(0, line.since + gatherMs - now());
  const untilReady = (): number => {
    if (isPoked || singles.size > 0) return 0;
    let waitMs = Number.POSITIVE_INFINITY;
    for (const line of campaigns.values()) waitMs = Math.min(waitMs, waitOf(line));
    return waitMs;
  };
  const sizeOfCampaigns = (): number => {
    let size = 0;
    for (const line of campaigns.values()) size += line.size;
    return size;
  };
  /** One request's worth of the campaign whose turn it is. Where each message is a request by itself, that is all there is to share out. */
  const takeOfCampaign = (requests: number): BacklogEntry[] => {
    const ready = [...campaigns].find(([, line]) => waitOf(line) === 0) ?? [...campaigns][0];
    if (!ready) return [];
    const [key, line] = ready;
    const taken = line.take(isGathering ? recipientsPerRequest : requests);
    // To the end of the row, so that the next turn is another's.
    campaigns.delete(key);
    if (line.size > 0) campaigns.set(key, line);
    return taken;
  };

  return {
    add(entries: readonly BacklogEntry[]): void {
      for (const entry of entries) lineOf(entry).add(entry);
      wakeUp();
    },
    get size(): number {
      return singles.size + sizeOfCampaigns();
    },
    /** The lane the next taken entry comes from; null when nothing waits. */
    nextLane(): SendLane | null {
      if (singles.size > 0) return "single";
      return campaigns.size > 0 ? "campaign" : null;
    },
    /** How many requests what waits would make, as far as that is known before the messages are. */
    get requests(): number {
      let requests = Math.ceil(singles.size / recipientsPerRequest);
      for (const line of campaigns.values()) requests += Math.ceil(line.size / recipientsPerRequest);
      return requests;
    },
    /** What goes out with so many permits. */
    take(requests: number): BacklogEntry[] {
      let left = requests;
      let taken: BacklogEntry[] = [];
      while (left > 0) {
        const more = singles.size > 0 ? singles.take(left * recipientsPerRequest) : takeOfCampaign(left);
        if (more.length === 0) break;
        taken = taken.length === 0 ? more : taken.concat(more);
        left -= Math.ceil(more.length / recipientsPerRequest);
      }
      return taken;
    },
    takeAll(): BacklogEntry[] {
      const taken = singles.take(singles.size);
      for (const line of campaigns.values()) taken.push(...line.take(line.size));
      campaigns.clear();
      return taken;
    },
    /** Resolves when a request may go, or when `poke` is called. */
    async waiting(): Promise<void> {
      for (let waitMs = untilReady(); waitMs > 0; waitMs = untilReady()) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (Number.isFinite(waitMs)) timer = setTimeout(resolve, waitMs);
        });
        clearTimeout(timer);
      }
      isPoked = false;
    },
    poke(): void {
      isPoked = true;
      wakeUp();
    },
  };
}

export type Backlog = ReturnType<typeof createBacklog>;

interface Line {
  readonly size: number;
  /** When what is in here began to wait for more. */
  readonly since: number;
  add(entry: BacklogEntry): void;
  take(max: number): BacklogEntry[];
}

function createLine(now: () => number): Line {
  let entries: BacklogEntry[] = [];
  // Reading from a head index and compacting now and then: shift() on a long array costs as much as it is long.
  let head = 0;
  let since = now();
  return {
    get size() {
      return entries.length - head;
    },
    get since() {
      return since;
    },
    add(entry) {
      if (entries.length === head) since = now();
      entries.push(entry);
    },
    take(max) {
      const taken = entries.slice(head, head + max);
      head += taken.length;
      if (head > 512 && head * 2 > entries.length) {
        entries = entries.slice(head);
        head = 0;
      }
      since = now();
      return taken;
    },
  };
}
