import { Queue } from "bullmq";
import type { RedisConnections } from "./connection.ts";
import { defaultPrefix, type Lane, sendQueueName } from "./names.ts";
import { type SendJob, sendJobOptions, sendJobSchema } from "./send-job.ts";

export interface SendQueueOptions {
  connections: RedisConnections;
  route: string;
  /** Default `hikyaku`. */
  prefix?: string;
  onError?(error: Error): void;
}

/** What a lane holds. All but `waitingMessages` count jobs. */
export interface LaneDepth {
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  /** Messages named by the waiting jobs: what the feeder keeps its window in. */
  waitingMessages: number;
}

/** Both lanes of a route, from the feeding side. */
export interface SendQueue {
  /**
   * One job for each list of a campaign's message ids, in one round trip, in this order. A list that still waits is not
   * put twice.
   * @throws ZodError when a list is empty, longer than 1,000, or holds something other than UUIDs
   */
  addCampaignJobs(jobs: readonly { campaignId: string; ids: readonly string[] }[]): Promise<void>;
  /** One transactional message, in the lane that no campaign job can block. */
  addSingle(id: string): Promise<void>;
  depth(): Promise<Record<Lane, LaneDepth>>;
  /** The BullMQ queues, for Bull Board. */
  readonly queues: Record<Lane, Queue<SendJob>>;
  close(): Promise<void>;
}

export function openSendQueue({
  connections,
  route,
  prefix = defaultPrefix,
  onError = () => {},
}: SendQueueOptions): SendQueue {
  const open = (lane: Lane): Queue<SendJob> => {
    const queue = new Queue<SendJob>(sendQueueName(route, lane), {
      connection: connections.shared,
      prefix,
      // Nobody reads the event stream; BullMQ can't leave it out, only keep it short.
      streams: { events: { maxLen: 1 } },
    });
    queue.on("error", onError);
    return queue;
  };
  const queues = { campaign: open("campaign"), single: open("single") };

  async function laneDepth(queue: Queue<SendJob>): Promise<LaneDepth> {
    const [counts, waitingMessages] = await Promise.all([
      queue.getJobCounts("waiting", "active", "delayed", "failed"),
      connections.shared.eval(countMessages, 1, queue.toKey("wait")),
    ]);
    const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return { waiting, active, delayed, failed, waitingMessages: Number(waitingMessages) };
  }

  return {
    queues,
    async addCampaignJobs(jobs) {
      const bulk = jobs.map((job) => {
        const data = sendJobSchema.parse(job);
        return { name: "send", data, opts: sendJobOptions(data.ids) };
      });
      if (bulk.length > 0) await queues.campaign.addBulk(bulk);
    },
    async addSingle(id) {
      const data = sendJobSchema.parse({ campaignId: null, ids: [id] });
      await queues.single.add("send", data, sendJobOptions(data.ids));
    },
    async depth() {
      const [campaign, single] = await Promise.all([laneDepth(queues.campaign), laneDepth(queues.single)]);
      return { campaign, single };
    },
    async close() {
      await Promise.all([queues.campaign.close(), queues.single.close()]);
    },
  };
}

/**
 * Sum of the message counts that stand in the job ids (`sendJobOptions`). The window is a few hundred jobs, so reading
 * their ids costs less than a counter would, and cannot drift when a process dies or Redis loses jobs. Beyond 2,000 jobs
 * the first 2,000 speak for the rest.
 */
const countMessages = `
local total = redis.call('LLEN', KEYS[1])
local ids = redis.call('LRANGE', KEYS[1], 0, 1999)
local sum = 0
for _, id in ipairs(ids) do
  sum = sum + (tonumber(string.match(id, '^[^.]+%.(%d+)%.')) or 1)
end
if #ids == 0 then return 0 end
return math.floor(sum * total / #ids + 0.5)
`;
