import { randomUUID } from "node:crypto";
import { connectRedis, openSendQueue, openSendWorker, openThrottle } from "@hikyaku/queue";

const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
const prefix = process.env.EXAMPLE_PREFIX ?? "hikyaku";
const connections = connectRedis({ url });
const queue = openSendQueue({ connections, prefix, route: "coupon-sms" });
const throttle = openThrottle({
  connections,
  prefix,
  route: "coupon-sms",
  role: "send",
  limits: { tps: 100, concurrency: 20 },
});

const worker = openSendWorker({
  connections,
  prefix,
  route: "coupon-sms",
  lane: "campaign",
  concurrency: 4,
  async handle({ ids }) {
    const left = [...ids];
    while (left.length > 0) {
      const permits = await throttle.acquire("campaign", left.length);
      const batch = left.splice(0, permits.length); // …claim these in the ledger: one statement
      await Promise.all(
        permits.map(async (permit, index) => {
          if (await permit.ready()) {
            console.log("sending", batch[index]); // …POST; on a 503: throttle.throttled(retryAfterMs)
            permit.sent();
          }
          permit.release();
        }),
      );
    }
  },
});

await queue.addCampaignJobs([{ campaignId: randomUUID(), ids: [randomUUID(), randomUUID(), randomUUID()] }]);
while ((await queue.depth()).campaign.waiting > 0 || worker.active() > 0) await new Promise((go) => setTimeout(go, 50));

await worker.close();
await throttle.close();
await queue.close();
await connections.closeAll();
