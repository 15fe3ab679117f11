import { parseConfig } from "@hikyaku/config";
import { createLogger, createMetrics, type ReadyCheck } from "@hikyaku/engine";
import { connectLedger, createApiKey, type Ledger, migrate, publishRoutes } from "@hikyaku/ledger";
import { createProducer } from "@hikyaku/producer";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import { connectRedis } from "@hikyaku/queue";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { createConsoleApp } from "../src/index.ts";

export const route = "coupon-sms";
export const user = { name: "operator", password: "correct horse battery" };

export interface TestConsole extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly ledger: Ledger;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** A valid API key. */
  readonly key: string;
  /** Lines of the log, parsed. */
  readonly logged: Record<string, unknown>[];
  /** A request of a program with the API key. A body that is no string goes as JSON. */
  call(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<LightMyRequestResponse>;
  /** Signs in; answers the cookie. */
  signIn(): Promise<string>;
  /** A request of a person's browser. */
  browse(
    url: string,
    options?: { cookie?: string; form?: Record<string, string | string[]>; headers?: Record<string, string> },
  ): Promise<LightMyRequestResponse>;
  /** Listens on a free port; answers the URL. */
  listen(): Promise<string>;
}

/** A console on a ledger and a Redis of its own, with one route that a worker might have published. */
export async function startTestConsole(
  options: {
    console?: Record<string, unknown>;
    /** Further settings at the top of the file. */
    config?: Record<string, unknown>;
    users?: readonly { name: string; password: string }[];
    /** Servers of the test's own, which it may stop. */
    database?: { url: string };
    redis?: { url: string };
  } = {},
): Promise<TestConsole> {
  const stack = new AsyncDisposableStack();
  const database = options.database ?? stack.use(await createDatabase());
  const redis = options.redis ? { url: options.redis.url, redisPrefix: "hikyaku" } : stack.use(await createRedis());
  await migrate(database.url);
  const config = configOf({
    redisPrefix: redis.redisPrefix,
    ...options.config,
    console: { port: 0, users: options.users ?? [user], ...options.console },
  });
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const connections = connectRedis({ url: redis.url });
  stack.defer(() => connections.closeAll());
  const producer = stack.use(
    await createProducer({ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix }),
  );
  const published = config.routes[route];
  const provider = findProvider("kddi");
  await publishRoutes(ledger.sql, [
    {
      ...{ name: route, provider: "kddi", settings: provider.publicSettings(published?.settings), account: "bot_0001" },
      ...(published ? { classRules: published.classRules } : {}),
    },
  ]);
  const logged: Record<string, unknown>[] = [];
  const log = createLogger({
    level: "debug",
    name: "console",
    destination: { write: (line) => void logged.push(JSON.parse(line)) },
  });
  const ready: ReadyCheck[] = [{ name: "ledger", check: async () => null }];
  const metrics = createMetrics({ process: "console", withDefaults: false });
  const app = await createConsoleApp({
    ...{ config, findProvider, ledger, connections, producer, log, metrics, ready },
  });
  stack.defer(() => app.close());
  const { secret } = await createApiKey(ledger.sql, { name: "test" });

  const browse: TestConsole["browse"] = (url, { cookie, form, headers } = {}) =>
    app.inject({
      url,
      method: form ? "POST" : "GET",
      headers: {
        host: "console.test",
        accept: "text/html",
        ...(cookie ? { cookie } : {}),
        ...(form ? { origin: "http://console.test", "content-type": "application/x-www-form-urlencoded" } : {}),
        ...headers,
      },
      ...(form ? { payload: encode(form) } : {}),
    });

  return {
    ...{ app, ledger, key: secret, logged, browse },
    ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix },
    call(method, url, { body, headers } = {}) {
      const request: InjectOptions = { method, url, headers: { authorization: `Bearer ${secret}`, ...headers } };
      if (body !== undefined) request.payload = body as string | object;
      return app.inject(request);
    },
    async signIn() {
      const response = await browse("/sign-in", { form: { ...user } });
      const cookie = response.cookies.find(({ name }) => name === "hikyaku_session");
      if (!cookie) throw new Error(`not signed in: ${response.statusCode} ${response.body}`);
      return `${cookie.name}=${cookie.value}`;
    },
    listen: () => app.listen({ port: 0, host: "127.0.0.1" }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function configOf(values: Record<string, unknown>) {
  const result = parseConfig({
    text: JSON.stringify({
      ...values,
      routes: {
        [route]: {
          provider: "kddi",
          baseUrl: "http://127.0.0.1:9/au",
          botId: "bot_0001",
          basicAuth: { user: "user", password: "password" },
          tokens: "smsonly",
          smsNumber: "0312345678",
          limits: { tps: 100, concurrency: 20 },
          // Most of what is tested here is no question of class.
          class: "transactional",
          sender: { name: "株式会社飛脚堂" },
        },
        ...(values.routes as object | undefined),
      },
    }),
    file: null,
    env: {},
    routeSchemas,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

function encode(form: Record<string, string | string[]>): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) for (const each of [value].flat()) fields.append(name, each);
  return fields.toString();
}
