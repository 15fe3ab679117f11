import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { parseConfig, type RouteConfig } from "@hikyaku/config";
import { routeSchemas } from "@hikyaku/providers";
import { startSimulator } from "@hikyaku/simulator";
import { freePort } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { checkClock } from "./check-clock.ts";
import { checkConfig } from "./check-config.ts";
import { checkGateway } from "./check-gateway.ts";
import { checkHooks } from "./check-hooks.ts";
import { readInfo } from "./check-redis.ts";
import type { Finding } from "./finding.ts";

const summary = (findings: readonly Finding[]) => findings.map(({ status, what }) => `${status} ${what}`);

function route(baseUrl: string, { password = "password", hooks = "{ secret: 0123456789abcdef }" } = {}): RouteConfig {
  const text = `routes: { sms: { provider: kddi, baseUrl: "${baseUrl}", botId: bot_0001, basicAuth: { user: testUser, password: ${password} },
    tokens: smsonly, smsNumber: "0312345678", hooks: ${hooks} } }`;
  const read = parseConfig({ text, file: null, env: {}, routeSchemas });
  if (!read.ok || !read.config.routes.sms) throw new Error(JSON.stringify(read));
  return read.config.routes.sms;
}

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, [Symbol.asyncDispose]: close };
}

test("a gateway that takes our credentials is found well, and is sent no message", async () => {
  await using simulator = await startSimulator({});
  const baseUrl = `${simulator.gatewayUrl}/au`;
  expect(summary(await checkGateway(route(baseUrl)))).toEqual([
    "ok route sms",
    expect.stringContaining("ok clock"),
    "ok route sms",
  ]);
  const { sends, statusChecks } = simulator.metrics();
  expect({ sends, statusChecks }).toEqual({ sends: 0, statusChecks: 1 });
});

test("wrong credentials are told with what to compare", async () => {
  await using simulator = await startSimulator({});
  const findings = await checkGateway(route(`${simulator.gatewayUrl}/au`, { password: "wrong" }));
  expect(findings.at(-1)).toMatchObject({ status: "fail", mend: expect.stringContaining("account notice") });
});

test("a gateway that is not there is told as that", async () => {
  const findings = await checkGateway(route(`http://127.0.0.1:${await freePort()}/au`));
  expect(findings).toMatchObject([{ status: "fail", detail: expect.stringContaining("ECONNREFUSED") }]);
});

test.for([
  { what: "answers 200", listener: ((_, answer) => answer.end()) as RequestListener, status: "ok" },
  { what: "answers 404", listener: ((_, answer) => answer.writeHead(404).end()) as RequestListener, status: "fail" },
  {
    what: "takes 300 ms",
    listener: ((_, answer) => void setTimeout(() => answer.end(), 300)) as RequestListener,
    status: "warn",
  },
  {
    what: "takes 550 ms",
    listener: ((_, answer) => void setTimeout(() => answer.end(), 550)) as RequestListener,
    status: "fail",
  },
])("hooks: a receiver that $what is $status", async ({ listener, status }) => {
  await using receiver = await serve(listener);
  expect(await checkHooks(route("http://127.0.0.1:1/au"), receiver.url)).toMatchObject([{ status }]);
});

test("the hook test goes to the route's own URL, with its credentials", async () => {
  const asked: unknown[] = [];
  await using receiver = await serve((request, answer) => {
    asked.push([request.method, request.url, request.headers.authorization]);
    answer.end();
  });
  const hooks = "{ secret: 0123456789abcdef, basicAuth: { user: kddi, password: pw } }";
  await checkHooks(route("http://127.0.0.1:1/au", { hooks }), `${receiver.url}/`);
  expect(asked[0]).toEqual(["POST", "/hooks/sms/0123456789abcdef", `Basic ${btoa("kddi:pw")}`]);
});

test("no finding ever holds the hook secret", async () => {
  const findings = await checkHooks(route("http://127.0.0.1:1/au"), `http://127.0.0.1:${await freePort()}`);
  expect(JSON.stringify(findings)).not.toContain("0123456789abcdef");
});

test.for([
  {
    info: "redis_version:7.2.1\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\nrole:master\r\n",
    found: ["ok", "ok", "ok"],
  },
  {
    info: "redis_version:7.2.1\r\nmaxmemory_policy:allkeys-lru\r\naof_enabled:1\r\nrole:master\r\n",
    found: ["ok", "fail", "ok"],
  },
  {
    info: "redis_version:7.2.1\r\nmaxmemory_policy:noeviction\r\naof_enabled:0\r\nrole:master\r\n",
    found: ["ok", "ok", "warn"],
  },
  {
    info: "redis_version:5.0.7\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\nrole:master\r\n",
    found: ["fail", "ok", "ok"],
  },
  {
    info: "redis_version:7.2.4\r\nvalkey_version:8.0.1\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\nrole:slave\r\n",
    found: ["ok", "ok", "ok", "fail"],
  },
])("Redis: $found", ({ info, found }) => {
  expect(readInfo(info, "redis://x").map(({ status }) => status)).toEqual(found);
});

test.for([
  { apartMs: 900, status: "ok" },
  { apartMs: -5_000, status: "warn" },
  { apartMs: 90_000, status: "fail" },
])("a clock $apartMs ms apart is $status", ({ apartMs, status }) => {
  const ours = new Date("2026-12-01T00:00:00Z");
  expect(checkClock("x", new Date(ours.getTime() + apartMs), ours)).toMatchObject([{ status }]);
});

test("settings that can be read but will go badly are warned of", () => {
  const text = `routes:
  sms: { provider: kddi, baseUrl: "https://x.example/au", botId: b, basicAuth: { user: u, password: p }, tokens: smsonly, smsNumber: "0312345678" }
  two: { provider: kddi, baseUrl: "https://x.example/au", botId: b, basicAuth: { user: u, password: p }, tokens: smsonly, smsNumber: "0312345678", class: dunning, receiptGrace: 5s, hooks: { secret: short } }
`;
  const read = parseConfig({ text, file: "x.yaml", env: {}, routeSchemas });
  expect(read.ok && summary(checkConfig(read.config))).toEqual([
    ...["ok configuration", "warn console", "warn route sms", "warn route sms", "warn route two", "warn route two"],
  ]);
});
