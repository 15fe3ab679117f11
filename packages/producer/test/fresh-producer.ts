import { type ClassRules, defaultClassRules } from "@hikyaku/core";
import { connectLedger, type Ledger, migrate, type OnUnknown, publishRoutes } from "@hikyaku/ledger";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import { createProducer, type Producer, type ProducerOptions } from "../src/index.ts";

/** A producer on an empty, migrated ledger with the route `coupon-sms`, and the ledger to look into. */
export interface FreshProducer extends AsyncDisposable {
  hikyaku: Producer;
  sql: Ledger["sql"];
  /** For further producers on the same ledger. */
  options: ProducerOptions & { redisPrefix: string };
}

export async function freshProducer(overrides: Partial<ProducerOptions> = {}): Promise<FreshProducer> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  await publishCouponRoute(ledger.sql);
  const options = { databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix, ...overrides };
  const hikyaku = stack.use(await createProducer(options));
  const { sql } = ledger;
  return { hikyaku, sql, options, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** As a worker publishes it when it starts. What most tests are about is no question of class: they send notices. */
export async function publishCouponRoute(
  sql: Ledger["sql"],
  { onUnknown = "hold", ...rules }: Partial<ClassRules> & { onUnknown?: OnUnknown } = {},
): Promise<void> {
  const classRules: ClassRules = {
    ...defaultClassRules,
    defaultClass: "transactional",
    senderName: "株式会社飛脚堂",
    ...rules,
  };
  const settings = { smsNumber: "0312345678" };
  await publishRoutes(sql, [{ name: "coupon-sms", provider: "kddi", settings, onUnknown, classRules }]);
}

/** `count` different mobile numbers from the `first` on, with a name each. */
export function* people(count: number, first = 0): Generator<{ to: string; name: string }> {
  for (let index = first; index < first + count; index++) {
    yield { to: `0901${String(index).padStart(7, "0")}`, name: `会員${index}` };
  }
}
