import { Agent, request } from "undici";
import type { SimClock } from "../clock.ts";

/** Guide, start-up procedure: from sending to reading the answer's head no more than this, the network included. */
export const notificationBudgetMs = 500;

export interface PostResult {
  readonly ok: boolean;
  /** Status of the answer; absent when there was none in time. */
  readonly status?: number;
  readonly ms: number;
}

export interface NotifierReport {
  /** Notifications, and the posts made for them. */
  readonly notifications: number;
  readonly posts: number;
  readonly notified: number;
  readonly lost: number;
  /** Posts without an answer within 500 ms, with another status than 200, and with a broken connection. */
  readonly late: number;
  readonly refused: number;
  readonly broken: number;
  readonly slowestAnswerMs: number;
}

export interface Notifier {
  /**
   * Posts until a 200 comes back in time, at most four times; `onPost` hears of each post as it ends. A body that is a
   * function is made for each post: with a slow receiver a hundred thousand wait here, and only a few are on their way.
   */
  notify(
    url: string,
    body: string | (() => string),
    on: { onPost(result: PostResult): void; onEnd(notified: boolean): void },
  ): void;
  report(): NotifierReport;
  /** Forgets what still waits, and the counts. */
  reset(): void;
  close(): Promise<void>;
}

interface Job {
  readonly url: string;
  readonly body: string | (() => string);
  readonly onPost: (result: PostResult) => void;
  readonly onEnd: (notified: boolean) => void;
  posts: number;
}

interface Lane {
  readonly waiting: Job[];
  head: number;
  open: number;
}

export function createNotifier(deps: {
  readonly clock: SimClock;
  readonly retryDelaysMs: readonly number[];
  readonly parallelism: number;
}): Notifier {
  const { clock, retryDelaysMs, parallelism } = deps;
  // No limit on connections here: the lanes hold it, and waiting for a free socket must not eat up the 500 ms.
  const agent = new Agent({ pipelining: 1, connect: { timeout: notificationBudgetMs } });
  const counts = { notifications: 0, posts: 0, notified: 0, lost: 0, late: 0, refused: 0, broken: 0 };
  let slowestAnswerMs = 0;
  let lanes = new Map<string, Lane>();
  let generation = 0;

  async function post({ url, body }: Job): Promise<PostResult> {
    const abort = new AbortController();
    const startedAt = performance.now();
    const timer = setTimeout(() => abort.abort(), notificationBudgetMs);
    const since = () => Math.round((performance.now() - startedAt) * 10) / 10;
    try {
      const answer = await request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : body(),
        signal: abort.signal,
        dispatcher: agent,
      });
      clearTimeout(timer);
      const ms = since();
      answer.body.dump({ limit: 65_536 }).catch(() => {});
      return { ok: answer.statusCode === 200, status: answer.statusCode, ms };
    } catch {
      return { ok: false, ms: since() };
    } finally {
      clearTimeout(timer);
    }
  }

  function note(result: PostResult): void {
    counts.posts++;
    slowestAnswerMs = Math.max(slowestAnswerMs, result.ms);
    if (result.ok) return;
    if (result.status !== undefined) counts.refused++;
    else if (result.ms >= notificationBudgetMs - 1) counts.late++;
    else counts.broken++;
  }

  function laneOf(url: string): Lane {
    let lane = lanes.get(url);
    if (lane === undefined) {
      lane = { waiting: [], head: 0, open: 0 };
      lanes.set(url, lane);
    }
    return lane;
  }

  function enqueue(job: Job): void {
    const lane = laneOf(job.url);
    lane.waiting.push(job);
    pump(lane);
  }

  function pump(lane: Lane): void {
    while (lane.open < parallelism && lane.head < lane.waiting.length) {
      const job = lane.waiting[lane.head++] as Job;
      if (lane.head > 1024 && lane.head * 2 > lane.waiting.length) {
        lane.waiting.splice(0, lane.head);
        lane.head = 0;
      }
      lane.open++;
      void run(job, lane);
    }
  }

  async function run(job: Job, lane: Lane): Promise<void> {
    const startedIn = generation;
    const result = await post(job);
    lane.open--;
    if (startedIn !== generation) return;
    job.posts++;
    note(result);
    job.onPost(result);
    const delayMs = retryDelaysMs[job.posts - 1];
    if (result.ok || delayMs === undefined) {
      counts[result.ok ? "notified" : "lost"]++;
      job.onEnd(result.ok);
    } else {
      clock.schedule(clock.now() + delayMs, () => enqueue(job));
    }
    pump(lane);
  }

  return {
    notify(url, body, { onPost, onEnd }) {
      counts.notifications++;
      enqueue({ url, body, onPost, onEnd, posts: 0 });
    },
    report: () => ({ ...counts, slowestAnswerMs }),
    reset() {
      generation++;
      lanes = new Map();
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] = 0;
      slowestAnswerMs = 0;
    },
    async close() {
      generation++;
      lanes = new Map();
      await agent.destroy();
    },
  };
}
