import { createProducer } from "../src/index.ts";
import { people } from "./fresh-producer.ts";

/** Imports 60,000 recipients and says how far it is. Told to hang, it never gets the last of them and waits to be killed. */
const [databaseUrl = "", redisUrl = "", redisPrefix = "", hang] = process.argv.slice(2);

async function* recipients() {
  yield* people(55_000);
  if (hang) await new Promise(() => setInterval(() => {}, 60_000));
  yield* people(5_000, 55_000);
}

await using hikyaku = await createProducer({ databaseUrl, redisUrl, redisPrefix });
const result = await hikyaku.enqueueCampaign({
  key: "2026-12-coupon",
  route: "coupon-sms",
  text: "#{name}様、クーポンをお送りします。",
  recipients: recipients(),
  onProgress: ({ rows }) => console.log(`rows ${rows}`),
});
console.log(`done ${result.recipients}`);
