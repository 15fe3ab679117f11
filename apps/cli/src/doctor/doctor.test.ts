import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { parseConfig, type RouteConfig } from "@hikyaku/config";
import { probeHeader } from "@hikyaku/engine";
import { routeSchemas } from "@hikyaku/providers";
import { startSensSimulator, startSimulator } from "@hikyaku/simulator";
import { freePort } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { caFile, serverTls } from "../../../../packages/exchange/test/test-tls.ts";
import { checkClock } from "./check-clock.ts";
import { checkConfig } from "./check-config.ts";
import { checkGateway } from "./check-gateway.ts";
import { checkHooks } from "./check-hooks.ts";
import { checkReach } from "./check-reach.ts";
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
  return { url, server, [Symbol.asyncDispose]: close };
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

/** A route to AlimTalk, or to SENS's SMS. */
function sensRoute(baseUrl: string, serviceId: string, more: Record<string, unknown> = {}): RouteConfig {
  const settings = { provider: "sens", accessKey: "TestAccessKey", secretKey: "TestSecretKey", class: "transactional" };
  const sender = more.provider === "sens-sms" ? { smsNumber: "0200000000" } : { plusFriendId: "@demo_shop" };
  const text = JSON.stringify({ routes: { kakao: { ...settings, ...sender, baseUrl, serviceId, ...more } } });
  const read = parseConfig({ text, file: null, env: {}, routeSchemas });
  if (!read.ok || !read.config.routes.kakao) throw new Error(JSON.stringify(read));
  return read.config.routes.kakao;
}

test("a SENS route is well when its channel can send, and its SMS has no channel", async () => {
  await using simulator = await startSensSimulator({});
  const { gatewayUrl, alimtalkServiceId, smsServiceId } = simulator;
  expect((await checkGateway(sensRoute(gatewayUrl, alimtalkServiceId))).slice(2)).toEqual([
    { what: "route kakao", status: "ok", detail: expect.stringContaining("credentials are accepted") },
    {
      what: "route kakao",
      status: "ok",
      detail: "channel @demo_shop is normal (SMS in a failed message's place: 0200000000)",
    },
  ]);
  const sms = await checkGateway(sensRoute(gatewayUrl, smsServiceId, { provider: "sens-sms" }));
  expect(summary(sms)).toEqual(
    ["ok route kakao", "ok clock", "ok route kakao"].map((each) => expect.stringContaining(each)),
  );
});

test("a channel that the service has not, or that can send nothing, is a fault with its mend", async () => {
  await using simulator = await startSensSimulator({});
  const { gatewayUrl, alimtalkServiceId } = simulator;
  const gone = await checkGateway(sensRoute(gatewayUrl, alimtalkServiceId, { plusFriendId: "@nosuch" }));
  expect(gone.at(-1)).toMatchObject({
    status: "fail",
    detail: "the service has no channel @nosuch; it has @demo_shop",
    mend: expect.stringContaining("Set plusFriendId"),
  });
  simulator.putChannel({ channelId: "@demo_shop", channelStatus: "DELETED" });
  const deleted = await checkGateway(sensRoute(gatewayUrl, alimtalkServiceId));
  expect(deleted.at(-1)).toMatchObject({
    status: "fail",
    detail: "channel @demo_shop is deleted, but can be restored (DELETED)",
    mend: expect.stringContaining("SENS console"),
  });
});

test("advice on a SENS route is SENS's own", async () => {
  await using simulator = await startSensSimulator({});
  const { gatewayUrl, alimtalkServiceId } = simulator;
  const refused = await checkGateway(sensRoute(gatewayUrl, alimtalkServiceId, { secretKey: "wrong" }));
  expect(refused.at(-1)).toMatchObject({ status: "fail", mend: expect.stringContaining("accessKey and secretKey") });
  const away = await checkGateway(sensRoute(`http://127.0.0.1:${await freePort()}`, alimtalkServiceId));
  expect(away).toMatchObject([{ status: "fail", mend: "Check the URL, DNS and firewall." }]);
  expect(JSON.stringify([refused, away])).not.toMatch(/basicAuth|botId|registered/);
});

test("a gateway that is not there is told as that", async () => {
  const findings = await checkGateway(route(`http://127.0.0.1:${await freePort()}/au`));
  expect(findings).toMatchObject([{ status: "fail", detail: expect.stringContaining("ECONNREFUSED") }]);
});

/** A receiver that says, to a probe, where a notification would have gone; each post waits as long as its number says. */
function receiver(delaysMs: number[] = [], { status = 200, kept = "ledger" as string | null } = {}) {
  let posts = 0;
  const listener: RequestListener = (_, answer) => {
    if (kept !== null) answer.setHeader(probeHeader, kept);
    const delayMs = delaysMs[posts] ?? delaysMs.at(-1) ?? 0;
    posts += 1;
    setTimeout(() => answer.writeHead(status).end(), delayMs);
  };
  return { listener, posts: () => posts };
}

test.for([
  { what: "answers at once", hook: receiver(), found: "ok", posts: 3, says: /cold \d+ ms, warm \d+ ms, warm \d+ ms/ },
  { what: "takes 300 ms", hook: receiver([300]), found: "warn", posts: 3, says: /cold 3\d\d ms/ },
  { what: "is always late", hook: receiver([550]), found: "fail", posts: 4, says: /(cold \d+ ms.*){4}/ },
  { what: "is late once, and not when asked again", hook: receiver([550, 0]), found: "warn", posts: 4, says: /warm/ },
  { what: "is late when warm", hook: receiver([0, 550, 0]), found: "warn", posts: 3, says: /warm 5\d\d ms/ },
  { what: "knows neither route nor secret", hook: receiver([], { status: 404 }), found: "fail", posts: 1, says: /404/ },
  { what: "leads elsewhere", hook: receiver([], { status: 301 }), found: "fail", posts: 1, says: /301/ },
  { what: "has no store", hook: receiver([], { status: 503 }), found: "fail", posts: 4, says: /503/ },
  { what: "is another server", hook: receiver([], { kept: null }), found: "warn", posts: 3, says: /not a receiver/ },
  { what: "has its ledger away", hook: receiver([], { kept: "redis" }), found: "warn", posts: 3, says: /in Redis/ },
])("hooks: a receiver that $what is $found", async ({ hook, found, posts, says }) => {
  await using server = await serve(hook.listener);
  const findings = await checkHooks(route("http://127.0.0.1:1/au"), server.url, { repeatAfterMs: 0 });
  expect(findings).toMatchObject([{ status: found, detail: expect.stringMatching(says) }]);
  expect(hook.posts()).toBe(posts);
});

test("the hook test goes to the route's own URL, with its credentials", async () => {
  const asked: unknown[] = [];
  await using receiver = await serve((request, answer) => {
    asked.push([request.method, request.url, request.headers.authorization, request.headers[probeHeader]]);
    answer.end();
  });
  const hooks = "{ secret: 0123456789abcdef, basicAuth: { user: kddi, password: pw } }";
  await checkHooks(route("http://127.0.0.1:1/au", { hooks }), `${receiver.url}/`);
  expect(asked[0]).toEqual(["POST", "/hooks/sms/0123456789abcdef", `Basic ${btoa("kddi:pw")}`, "doctor"]);
});

test("no finding ever holds the hook secret", async () => {
  const findings = await checkHooks(route("http://127.0.0.1:1/au"), `http://127.0.0.1:${await freePort()}`, {
    repeatAfterMs: 0,
  });
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

test("a route whose carrier posts no notifications lacks no hooks, and has no use for them", () => {
  const findings = (more: string) => {
    const route = `provider: sens, serviceId: "x", accessKey: a, secretKey: b, plusFriendId: "@x", class: transactional`;
    const text = `{ console: { users: [] }, routes: { kakao: { ${route} ${more} } } }`;
    const read = parseConfig({ text, file: "x.yaml", env: {}, routeSchemas });
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    return checkConfig(read.config).filter(({ what }) => what === "route kakao");
  };
  expect(findings("")).toEqual([]);
  expect(findings(", hooks: { secret: 0123456789abcdef }")).toMatchObject([
    { status: "warn", mend: "Take `hooks` out of the route." },
  ]);
});

async function serveSecurely() {
  const server = createSecureServer(serverTls, (_, answer) => answer.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: new URL(`https://localhost:${(server.address() as AddressInfo).port}`), [Symbol.asyncDispose]: close };
}

/** A proxy that opens tunnels for whoever knows the password, and counts them; every name is this machine's. */
async function serveProxy() {
  let tunnels = 0;
  const proxy = await serve((_, answer) => answer.writeHead(400).end());
  proxy.server.on("connect", (request, socket) => {
    if (request.headers["proxy-authorization"] !== `Basic ${btoa("us:pw")}`) {
      return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    }
    tunnels += 1;
    const [, port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    onward.pipe(socket).pipe(onward);
    for (const each of [onward, socket]) each.on("error", () => {});
  });
  return { ...proxy, tunnels: () => tunnels };
}

test("a certificate is told with its whole chain and the days of the link that ends first", async () => {
  await using server = await serveSecurely();
  const { findings, leavesFrom } = await checkReach("x", server.url, { caFile });
  expect(findings).toMatchObject([
    { detail: expect.stringMatching(/TLSv1\.[23].*chain \S.* ← .*, valid for \d+ days/) },
  ]);
  expect(leavesFrom).toMatch(/127\.0\.0\.1|::1/);
});

test("a certificate of an authority that nobody trusts is a fault, and so is one for another name", async () => {
  await using server = await serveSecurely();
  const untrusted = await checkReach("x", server.url, {});
  expect(untrusted.findings).toMatchObject([{ status: "fail", detail: expect.stringContaining("not trusted") }]);
  await using proxy = await serveProxy();
  const way = proxy.url.replace("//", "//us:pw@");
  const misnamed = await checkReach("x", new URL(`https://other.example:${server.url.port}`), { caFile, proxy: way });
  expect(misnamed.findings).toMatchObject([{ status: "fail", detail: expect.stringContaining("not trusted") }]);
});

test("through a proxy the certificate is looked at all the same, and its password is never told", async () => {
  await using server = await serveSecurely();
  await using proxy = await serveProxy();
  const way = proxy.url.replace("//", "//us:pw@");
  const { findings } = await checkReach("x", server.url, { caFile, proxy: way });
  expect([summary(findings), proxy.tunnels()]).toEqual([["ok x"], 1]);
  const refused = await checkReach("x", server.url, { caFile, proxy: proxy.url });
  expect(refused.findings).toMatchObject([
    { status: "fail", detail: expect.stringContaining("the proxy answers 407") },
  ]);
  expect(JSON.stringify(refused.findings)).not.toContain("pw");
});
