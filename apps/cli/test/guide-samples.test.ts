import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, createRedis, spawnNode, waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
// What the library's own test compares with: one truth for both.
import { bodyOf, headersOf, recipient, smsNumber, written } from "../../../packages/kddi/test/guide-samples.ts";
import { hikyaku as runCli } from "./cli-world.ts";
import { type Recorded, type RecordingGateway, startRecordingGateway } from "./recording-gateway.ts";

const stack = new AsyncDisposableStack();
const base = "/au/v1/fallback/rcs/bot/v1/botId_dummy";
let gateway: RecordingGateway;
let cwd: string;
let env: Record<string, string>;

/** The commands with a real worker behind them, which sends to the recording gateway. */
beforeAll(async () => {
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  gateway = stack.use(await startRecordingGateway());
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-samples-"));
  stack.defer(() => rm(cwd, { recursive: true }));
  const config = {
    redisPrefix: redis.redisPrefix,
    worker: { healthPort: 0 },
    feed: { interval: "50ms" },
    routes: {
      plus: {
        ...{ provider: "kddi", baseUrl: gateway.baseUrl, botId: "botId_dummy", smsNumber, allowDummyC0: true },
        basicAuth: { user: "testUser", password: "password" },
        tokens: { au: "au-token", docomo: "Bearer docomo-token", softbank: "softbank-token" },
        limits: { tps: 200, concurrency: 10 },
      },
    },
  };
  await writeFile(join(cwd, "hikyaku.yaml"), stringify(config));
  env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
  await json("migrate");
  const worker = stack.use(
    spawnNode(new URL("../../worker/src/main.ts", import.meta.url), {
      env: { ...env, HIKYAKU_CONFIG: join(cwd, "hikyaku.yaml") },
    }),
  );
  await worker.ready(/"msg":"worker started"/);
}, 60_000);
afterAll(() => stack.disposeAsync());

async function json(...argv: string[]) {
  const { code, out, err } = await runCli([...argv, "--json"], { cwd, env });
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

/** The request that comes next. */
async function nextRequest(act: () => Promise<unknown>): Promise<Recorded> {
  const before = gateway.recorded.length;
  await act();
  return await waitFor(() => gateway.recorded[before], { what: "a request at the gateway" });
}

function expectHead({ line, headers }: Recorded, wanted: { line: string; headers: Record<string, string> }): void {
  const authorization = `Basic ${btoa("testUser:password")}`;
  expect({ line, headers }).toMatchObject({ line: wanted.line, headers: { ...wanted.headers, authorization } });
}

describe("the guide's samples, sent by the commands,", () => {
  test.each(written)("$section, written in $names, goes out field by field", async (sample) => {
    await writeFile(join(cwd, "content.yaml"), stringify(sample.content));
    let id = "";
    const request = await nextRequest(async () => {
      const to = ["--to", recipient, "--content-file", "content.yaml"];
      ({ id } = JSON.parse((await runCli(["message", "send", "--route", "plus", ...to, "--json"], { cwd, env })).out));
    });
    expectHead(request, { line: `POST ${base}/messages`, headers: headersOf(sample) });
    expect(request.body).toEqual(bodyOf(sample, id));
  });

  test.each(written.filter(({ names }) => names === "short names"))(
    "$section goes out the same from a campaign, with its values in",
    async (sample) => {
      const key = `campaign ${sample.section}`;
      await writeFile(join(cwd, "content.yaml"), stringify(sample.content));
      await writeFile(join(cwd, "list.csv"), `to\n${recipient}\n`);
      const content = ["--content-file", "content.yaml", "--key", key, "--class", "transactional"];
      const request = await nextRequest(async () => {
        const argv = ["campaign", "send", "list.csv", "--route", "plus", ...content, "--no-wait", "--json"];
        expect(await runCli(argv, { cwd, env })).toMatchObject({ code: 0 });
      });
      const [{ id }] = await json("message", "list", "--campaign", key);
      expectHead(request, { line: `POST ${base}/messages`, headers: headersOf(sample) });
      expect(request.body).toEqual(bodyOf(sample, id));
    },
  );

  test("the capability check asks as the protocol says", async () => {
    const request = await nextRequest(async () => {
      expect(await json("capability", "check", "--route", "plus", "--to", recipient)).toMatchObject({
        answers: [{ recipient: "+8180****0000", capable: true, said: "chat chatBotCommunication" }],
      });
    });
    // POST by guide §2.1; path and body as GSMA has them (protocol notes §10).
    expectHead(request, { line: `POST ${base}/contactCapabilities`, headers: headersOf({ mode: "1" }) });
    expect(request.body).toEqual({ messageContact: { userContact: recipient } });
  });

  test("the list of subscribers is asked for as the protocol says", async () => {
    const request = await nextRequest(async () => {
      expect(await json("subscribers", "list", "--route", "plus", "--show-numbers")).toEqual({
        ...{ route: "plus", subscribers: ["+819012345678"], unreadable: 0 },
      });
    });
    expectHead(request, { line: `GET ${base}/subscribers`, headers: headersOf({ mode: "1" }) });
    expect(request.body).toBeUndefined();
  });
});
