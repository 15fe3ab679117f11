import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hikyaku as runCli } from "./cli-world.ts";

// Only a configuration: neither servers nor anything that runs.
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-content-"));
  await writeFile(join(cwd, "one.yaml"), `routes:\n${plus}`);
  await writeFile(join(cwd, "three.yaml"), `routes:\n${plus}${sens}  sms: { ${account}, tokens: smsonly }\n`);
  await writeFile(join(cwd, "right.yaml"), right);
  await writeFile(
    join(cwd, "wrong.yaml"),
    right.replace("height: tall", "height: huge").replace("手袋", `${"手".repeat(201)}`),
  );
  await writeFile(
    join(cwd, "list.csv"),
    "電話番号,氏名,品\n090-1234-5678,山田,冬の\n080-1234-5678,佐藤,<b>夏</b>の\n070-1234-5678\n",
  );
});
afterAll(() => rm(cwd, { recursive: true }));

const account = `provider: kddi, baseUrl: "https://gw.example/au", botId: b, basicAuth: { user: u, password: p }, smsNumber: "0312345678"`;
const plus = `  plus: { ${account}, tokens: { au: a, docomo: d, softbank: s } }\n`;
const sens = `  kakao: { provider: sens, baseUrl: "https://sens.example", serviceId: "ncp:kkobizmsg:kr:1:shop", accessKey: k, secretKey: s, plusFriendId: "@shop" }\n`;
const sensSms = `  korean-sms: { provider: sens-sms, baseUrl: "https://sens.example", serviceId: "ncp:sms:kr:100000000001:demo", accessKey: k, secretKey: s, smsNumber: "0212345678" }\n`;
const right = `mode: sms-fallback
carousel:
  - title: "#{品}コート"
    media:
      url: https://cdn.example.jp/coat.jpg
      mime: image/jpeg
      size: 81280
      height: tall
  - title: 手袋
chips:
  - label: 配信停止
sms: { text: "【飛脚屋】#{氏名}様、#{品}コート" }
`;

const run = (...argv: string[]) => runCli(["--config", "one.yaml", "content", ...argv], { cwd });

test("a right content is told so, with the variables it needs", async () => {
  expect(await run("lint", "right.yaml")).toEqual({
    code: 0,
    out: "No fault: plus can send it.\nVariables: 品, 氏名\n",
    err: "",
  });
});

test("every fault is told at once, with line and path, and fails the command", async () => {
  const { code, out } = await run("lint", "wrong.yaml");
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/^wrong\.yaml:8: error: content\.carousel\[0\]\.media\.height: .*\n1 error\.\n$/),
  ]);
  await writeFile(join(cwd, "long.yaml"), right.replace("手袋", "手".repeat(201)).replace("配信停止", "停".repeat(26)));
  const { code: failed, out: json } = await run("lint", "long.yaml", "--json");
  expect([failed, JSON.parse(json)]).toMatchObject([
    1,
    {
      ...{ file: "long.yaml", route: "plus", ok: false },
      issues: [
        { level: "error", path: "content.carousel[1].title", line: 9 },
        { level: "error", path: "content.chips[0].label", line: 11 },
      ],
    },
  ]);
});

test("a warning does not fail it", async () => {
  await writeFile(join(cwd, "warned.yaml"), right.replace("https://cdn", "http://cdn"));
  const { code, out } = await run("lint", "warned.yaml");
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^warned\.yaml:5: warning: content\.carousel\[0\]\.media\.url: /),
  ]);
  expect(out).toContain("No fault: plus can send it, 1 warning.\n");
});

test("JSON is taken, and broken files are refused as what they are", async () => {
  await writeFile(join(cwd, "right.json"), JSON.stringify({ text: "こんにちは" }));
  expect((await run("lint", "right.json")).code).toBe(0);
  await writeFile(join(cwd, "broken.yaml"), "text: [");
  await writeFile(join(cwd, "list.yaml"), "- text");
  for (const [file, says] of [
    ["broken.yaml", "broken.yaml is neither YAML nor JSON"],
    ["list.yaml", "list.yaml holds no content"],
    ["nowhere.yaml", "nowhere.yaml can't be read"],
  ] as const) {
    expect(await run("lint", file)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(says) });
  }
});

test("each route has its own rules: one of several must be named, and must be there", async () => {
  const among = (...argv: string[]) =>
    runCli(["--config", "three.yaml", "content", "lint", "right.yaml", ...argv], { cwd });
  expect(await among()).toMatchObject({ code: 2, err: expect.stringContaining("--route: plus, kakao, sms") });
  expect(await among("--route", "nix")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Name one of plus, kakao, sms"),
  });
  expect(await among("--route", "plus")).toMatchObject({ code: 0 });
  expect(await among("--route", "sms")).toMatchObject({ code: 1, out: expect.stringContaining("content.mode") });
  expect(await among("--route", "kakao")).toMatchObject({
    code: 1,
    out: expect.stringContaining("content.templateCode"),
  });
});

test("a preview is a page with the values of a row, where nothing of them is markup", async () => {
  const { code, out } = await run(
    "preview",
    "right.yaml",
    "--recipients",
    "list.csv",
    "--line",
    "3",
    "--var",
    "氏名=鈴木",
  );
  expect([code, out]).toEqual([0, expect.stringContaining(`1 billable part. Open it: ${cwd}/right.preview.html\n`)]);
  const page = await readFile(join(cwd, "right.preview.html"), "utf8");
  expect(page).toContain("&lt;b&gt;夏&lt;/b&gt;のコート");
  // What is given by hand stands in the place of the row's.
  expect(page).toContain("【飛脚屋】鈴木様");
  expect(page).not.toMatch(/<b>|<script/);
});

test("without a line it is the first row's", async () => {
  const { out } = await run("preview", "right.yaml", "--recipients", "list.csv", "--out", "first.html", "--json");
  expect(JSON.parse(out)).toMatchObject({
    route: "plus",
    page: join(cwd, "first.html"),
    segments: 1,
    text: expect.stringContaining("山田様"),
  });
});

test.each([
  ["a value is missing", ["--var", "品=冬の"], 1, "variables.氏名: no value for #{氏名}"],
  [
    "the row can't be read",
    ["--recipients", "list.csv", "--line", "4"],
    2,
    "line 4: the row has 1 cells, the header 3",
  ],
  ["there is no such line", ["--recipients", "list.csv", "--line", "9"], 2, "no row begins on line 9"],
  ["a line is named and no file", ["--line", "2"], 2, "--line names a row"],
  ["the page can't be written", ["--recipients", "list.csv", "--out", "no/such/folder.html"], 1, "can't be written"],
])("nothing is drawn when %s", async (_, argv, code, says) => {
  expect(await run("preview", "right.yaml", ...argv)).toMatchObject({
    code,
    out: "",
    err: expect.stringContaining(says),
  });
});

test("a SENS route draws an AlimTalk; a carrier without pages says so", async () => {
  const three = await readFile(join(cwd, "three.yaml"), "utf8");
  await writeFile(join(cwd, "four.yaml"), `${three}${sensSms}`);
  await writeFile(join(cwd, "talk.yaml"), "templateCode: T1\ntext: 안녕하세요\n");
  await writeFile(join(cwd, "plain.yaml"), "text: 안녕하세요\n");
  const draw = (file: string, route: string) =>
    runCli(["--config", "four.yaml", "content", "preview", file, "--route", route], { cwd });
  expect(await draw("talk.yaml", "kakao")).toMatchObject({ code: 0 });
  expect(await readFile(join(cwd, "talk.preview.html"), "utf8")).toContain("안녕하세요");
  expect(await draw("plain.yaml", "korean-sms")).toMatchObject({
    ...{ code: 1, err: expect.stringContaining("has no page for its messages") },
  });
});

test("where no system has a copy of the template, lint says that it was not compared with it", async () => {
  await writeFile(join(cwd, "kakao.yaml"), 'templateCode: NEWS01\ntext: "#{name}님, 소식이 있습니다."\n');
  const argv = ["--config", "three.yaml", "content", "lint", "kakao.yaml", "--route", "kakao"];
  const { code, out } = await runCli(argv, { cwd });
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(
      /^kakao\.yaml:1: warning: content\.templateCode: it was not compared with its template, .*\nNo fault: kakao can send it if it fits its template, 1 warning\.\n/,
    ),
  ]);
});
