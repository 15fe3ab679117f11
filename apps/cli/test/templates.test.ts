import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, type Ledger, migrate } from "@hikyaku/ledger";
import { type SensSimulator, startSensSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, spawnNode } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hikyaku } from "./cli-world.ts";

const stack = new AsyncDisposableStack();
let cwd: string;
let run: (...argv: string[]) => ReturnType<typeof hikyaku>;
let simulator: SensSimulator;
let ledger: Ledger;

/** A SENS account, a poller as a process of its own, and the command line beside them. */
beforeAll(async () => {
  const [database, redis] = await Promise.all([createDatabase(), createRedis()]);
  stack.use(database);
  stack.use(redis);
  simulator = stack.use(await startSensSimulator({ strict: true }));
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-cli-templates-"));
  stack.defer(() => rm(cwd, { recursive: true }));
  await migrate(database.url);
  ledger = connectLedger(database.url, { max: 2 });
  stack.defer(() => ledger.close());
  const config = {
    ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix },
    poller: { healthPort: 0 },
    routes: {
      kakao: {
        provider: "sens",
        baseUrl: simulator.gatewayUrl,
        serviceId: simulator.alimtalkServiceId,
        ...{ accessKey: "TestAccessKey", secretKey: "TestSecretKey", plusFriendId: "@demo_shop" },
      },
    },
  };
  await writeFile(join(cwd, "hikyaku.yaml"), JSON.stringify(config));
  const entry = new URL("../../poller/src/main.ts", import.meta.url);
  const poller = stack.use(spawnNode(entry, { env: { HIKYAKU_CONFIG: join(cwd, "hikyaku.yaml") } }));
  await poller.ready(/"msg":"poller started"/);
  run = (...argv) => hikyaku(argv, { cwd });
  await run("template", "refresh");
}, 60_000);
afterAll(() => stack.disposeAsync());

const template: Parameters<SensSimulator["putTemplate"]>[0] = {
  channelId: "@demo_shop",
  templateCode: "NEWS01",
  templateName: "News",
  content: "#{name}님, 소식이 있습니다.",
  buttons: [{ order: 1, type: "WL", name: "보기", linkMobile: "https://#{url}", linkPc: "https://#{url}" }],
  templateInspectionStatus: "COMPLETE",
  templateStatus: "ACTIVE",
};

describe("template", () => {
  test("list and channel list show what the account has, with its states", async () => {
    const { out, code } = await run("template", "list");
    expect(code).toBe(0);
    expect(out).toMatch(/kakao +NOTICE01 .* approved/);
    expect(out).toMatch(/kakao +WAITING01 .* in inspection/);
    expect(out).toMatch(/kakao: read \d{4}-/);
    const inspected = JSON.parse((await run("template", "list", "--state", "inspect", "--json")).out);
    expect(inspected).toMatchObject([{ code: "WAITING01", state: "INSPECT", route: "kakao" }]);
    expect((await run("channel", "list")).out).toMatch(/kakao +@demo_shop .*normal +0200000000/);
  });

  test("channel list says what is known of the SMS in a failed message's place", async () => {
    const channel = { channelName: "Shop", channelStatus: "ACTIVE" } as const;
    simulator.putChannel({ ...channel, channelId: "@told_all", useSmsFailover: true, failoverTelNo: "0300000000" });
    simulator.putChannel({ ...channel, channelId: "@told_less", useSmsFailover: true });
    simulator.putChannel({ ...channel, channelId: "@without", useSmsFailover: false });
    simulator.putChannel({ ...channel, channelId: "@late", channelStatus: "PENDING_DELETE", useSmsFailover: false });
    await run("template", "refresh");
    const { out } = await run("channel", "list");
    expect(out).toMatch(/@told_all .*normal +0300000000/);
    expect(out).toMatch(/@told_less .*normal +set up, number not told/);
    expect(out).toMatch(/@without .*normal +not set up/);
    expect(out).toContain("channel @late is waiting for a deletion that is delayed (PENDING_DELETE)");
  });

  test("show says what the console would let be done in this state", async () => {
    const { out } = await run("template", "show", "WAITING01");
    expect(out).toMatch(
      /send by it +no: template WAITING01 is in inspection \(INSPECT\); only templates that are approved/,
    );
    expect(out).toMatch(/edit it +no: .*only templates that are returned can be edited/);
    expect(out).toMatch(/ask the inspector +yes/);
    const missing = await run("template", "show", "NOTHING");
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("There is no template NOTHING") });
    expect(missing.err).toContain("NOTICE01");
  });

  test("refresh brings what changed there, and preview draws it", async () => {
    simulator.putTemplate({ ...template, content: "#{name}님 <안녕>" });
    const refreshed = await run("template", "refresh");
    expect(refreshed).toMatchObject({ code: 0, out: expect.stringContaining("kakao: read") });
    const shown = await run("template", "preview", "NEWS01", "--var", "name=김하나", "--out", "page.html");
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining("김하나님 <안녕>") });
    const page = await readFile(join(cwd, "page.html"), "utf8");
    expect(page).toContain("김하나님 &lt;안녕&gt;");
    expect(page).toContain("알림톡 도착");
    expect(page).not.toContain("<script");
  });

  test("lint finds every fault in a file, alone and beside the channel's templates", async () => {
    const many = Array.from({ length: 6 }, (_, index) => ({ type: "WL", name: `b${index}`, linkMobile: "#{url}" }));
    const draft = { templateCode: "NOTICE01", templateName: "x", content: "#{a}", buttons: many, linkPC: "no" };
    await writeFile(join(cwd, "draft.yaml"), JSON.stringify(draft));
    const alone = await run("template", "lint", "draft.yaml");
    expect(alone.code).toBe(1);
    expect(alone.out).toContain("template.linkPC: there is no such field");
    expect(alone.out).toContain("template.buttons: 6 buttons, a template may have 5");
    expect(alone.out).toContain("write https://#{url}");
    expect(alone.out).toContain("template.buttons[0].linkPc: WL (web link) needs linkPc");
    expect(alone.out).not.toContain("not-unique");
    const beside = JSON.parse((await run("template", "lint", "draft.yaml", "--route", "kakao", "--json")).out);
    expect(beside.issues).toContainEqual(
      expect.objectContaining({ code: "not-unique", path: "template.templateCode" }),
    );
    await writeFile(
      join(cwd, "good.yaml"),
      JSON.stringify({ ...template, templateCode: "FREE", templateName: "Free" }),
    );
    expect(await run("template", "lint", "good.yaml", "--route", "kakao")).toMatchObject({ code: 0 });
  });
});

describe("a campaign by a template", () => {
  const send = async (content: Record<string, unknown>, key: string) => {
    await writeFile(join(cwd, "content.yaml"), JSON.stringify(content));
    await writeFile(join(cwd, "to.csv"), "to,name,url\n01000000001,김하나,a.example\n");
    const options = ["--route", "kakao", "--content-file", "content.yaml", "--key", key, "--no-wait"];
    return await run("campaign", "send", "to.csv", ...options);
  };

  test("is refused when the template is not approved, or not there, with its state", async () => {
    const waiting = await send({ templateCode: "WAITING01", text: "안녕" }, "waiting");
    expect(waiting.code).toBe(1);
    expect(waiting.err).toContain("template WAITING01 is in inspection (INSPECT)");
    const unknown = await send({ templateCode: "NOTHING", text: "안녕" }, "unknown");
    expect(unknown.err).toContain("the channel has no template NOTHING, it has ");
    expect(await ledger.sql`select from campaign`).toHaveLength(0);
  });

  test("carries a copy of it, and is refused with what changed when it is another one at the import", async () => {
    simulator.putTemplate(template);
    await run("template", "refresh");
    const content = JSON.parse((await run("template", "show", "NEWS01", "--content", "--json")).out);
    const { template: copy, ...written } = content;
    await writeFile(join(cwd, "content.yaml"), JSON.stringify(written));
    const draft = await run(
      "campaign",
      "create",
      "--route",
      "kakao",
      "--content-file",
      "content.yaml",
      "--key",
      "news",
      "--class",
      "transactional",
    );
    expect(draft).toMatchObject({ code: 0 });
    const [campaign] = await ledger.sql<{ content: { template: unknown } }[]>`select content from campaign`;
    expect(campaign?.content.template).toEqual(copy);

    simulator.putTemplate({ ...template, content: "#{name}님, 새 소식이 있습니다." });
    await run("template", "refresh");
    const refused = await run("campaign", "import", "news", "to.csv");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("template NEWS01 has changed since this was written");
    expect(refused.err).toContain("it was “#{name}님, 소식이 있습니다.” and is “#{name}님, 새 소식이 있습니다.”");

    simulator.putTemplate(template);
    await run("template", "refresh");
    expect(await run("campaign", "import", "news", "to.csv")).toMatchObject({ code: 0 });

    const found = JSON.parse((await run("message", "search", "--template", "NEWS01", "--from", "1h", "--json")).out);
    expect(found).toMatchObject({ items: [{ state: "queued", route: "kakao", line: 2 }], before: null });
    const csv = await run("message", "search", "--campaign", "news", "--request", "open", "--format", "csv");
    expect(csv.out.split("\r\n")).toEqual([
      expect.stringContaining("queuedAt,route"),
      expect.stringContaining(",kakao,"),
      "",
    ]);
    const lines = await run("message", "search", "--campaign", "news", "--request", "open", "--format", "jsonl");
    expect(
      lines.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ route: "kakao", state: "queued", to: expect.stringContaining("*") }]);
    const none = await run("message", "search", "--to", "010-0000-0001", "--state", "delivered");
    expect(none).toMatchObject({ code: 0, out: "No messages.\n" });
  });

  test("does not start when its template was stopped since the import, and a message's repetition still answers", async () => {
    const gone = { ...template, templateCode: "GONE01", content: "#{name}님, 안녕하세요.", buttons: [] };
    simulator.putTemplate(gone);
    await run("template", "refresh");
    await writeFile(join(cwd, "content.yaml"), JSON.stringify({ templateCode: "GONE01", text: gone.content }));
    await writeFile(join(cwd, "to.csv"), "to,name\n01000000001,김하나\n");
    const content = ["--route", "kakao", "--content-file", "content.yaml", "--class", "transactional"];
    await run("campaign", "create", ...content, "--key", "gone");
    await run("campaign", "import", "gone", "to.csv");
    const message = ["message", "send", ...content, "--to", "01000000001", "--var", "name=김하나", "--json"];
    const first = await run(...message, "--idempotency-key", "hello");
    expect(first).toMatchObject({ code: 0 });

    // Nobody has it read again but the start itself.
    simulator.putTemplate({ ...gone, templateStatus: "STOP" });
    const refused = await run("campaign", "start", "gone");
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("template GONE01 is STOP, not ACTIVE") });
    expect(JSON.parse((await run("campaign", "show", "gone", "--json")).out)).toMatchObject({ state: "ready" });
    const again = await run(...message, "--idempotency-key", "hello");
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.out).id).toBe(JSON.parse(first.out).id);
    expect(await run(...message, "--idempotency-key", "another")).toMatchObject({ code: 1 });

    simulator.putTemplate(gone);
    expect(await run("campaign", "start", "gone")).toMatchObject({ code: 0, err: "" });
  });

  test("is refused where a text differs from the template by a character", async () => {
    const buttons = [{ type: "WL", name: "보기", linkMobile: "https://#{url}", linkPc: "https://#{url}" }];
    const other = await send({ templateCode: "NEWS01", text: "#{name}님, 소식이 있습니다!", buttons }, "other");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("the text is not the approved one") });
  });

  test("content lint compares with the copy of the template, as creating a campaign does", async () => {
    simulator.putTemplate(template);
    await run("template", "refresh");
    const buttons = template.buttons?.map(({ order: _, ...button }) => button);
    const lint = async (content: Record<string, unknown>) => {
      await writeFile(join(cwd, "lint.yaml"), JSON.stringify({ templateCode: "NEWS01", buttons, ...content }));
      return await run("content", "lint", "lint.yaml", "--route", "kakao");
    };
    const right = await lint({ text: template.content });
    expect([right.code, right.out]).toEqual([0, "No fault: kakao can send it.\nVariables: name, url\n"]);
    const wrong = await lint({ text: "#{name}님, 소식이 있습니다!" });
    expect([wrong.code, wrong.out]).toEqual([
      1,
      expect.stringMatching(/error: content\.text: the text is not the approved one.*\n1 error\.\n$/),
    ]);
    const absent = await lint({ templateCode: "NOTHING", text: "안녕", buttons: undefined });
    expect([absent.code, absent.out]).toEqual([1, expect.stringContaining("the channel has no template NOTHING")]);
    const doubtful = await lint({ text: "#{all}" });
    expect([doubtful.code, doubtful.out]).toEqual([
      0,
      expect.stringContaining("\nNo error, but as a rule its messages will not fit the template, 1 warning.\n"),
    ]);
  });

  test("none of whose rows is taken is not sent, and says so", async () => {
    const buttons = template.buttons?.map(({ order: _, ...button }) => button);
    await writeFile(join(cwd, "doubtful.yaml"), JSON.stringify({ templateCode: "NEWS01", text: "#{all}", buttons }));
    await writeFile(
      join(cwd, "nobody.csv"),
      "to,all,url\n01000000001,이월 상품,a.example\n01000000002,새 상품,b.example\n",
    );
    const options = ["--route", "kakao", "--content-file", "doubtful.yaml", "--class", "transactional"];
    for (const more of [["--no-wait"], [], ["--no-wait", "--json"], ["--json"], ["--dry-run"]]) {
      const { code, out, err } = await run("campaign", "send", "nobody.csv", ...options, "--key", "nobody", ...more);
      expect([more, code]).toEqual([more, 1]);
      expect(out).not.toContain("on its way");
      expect(err).toMatch(
        more.includes("--dry-run")
          ? /Nobody would get it/
          : /None of 2 rows was taken, so nothing is sent by campaign nobody/,
      );
      if (more.includes("--json")) expect(JSON.parse(out)).toHaveProperty("rejectedFile");
    }
    const shown = JSON.parse((await run("campaign", "show", "nobody", "--json")).out);
    expect(shown).toMatchObject({ state: "ready", rejected: 2, counts: { total: 0 } });
    const started = await run("campaign", "start", "nobody");
    expect(started).toMatchObject({ code: 1, out: "", err: expect.stringContaining("None of 2 rows was taken") });
  });
});
