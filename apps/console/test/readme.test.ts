import { readFile } from "node:fs/promises";
import { campaignCounts } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { startTestConsole } from "./start-test-console.ts";

const ndjson = '{"to":"090-1234-5678","name":"佐藤","code":"A1"}\n{"to":"03-1234-5678","name":"鈴木","code":"B2"}\n';

test("every curl command of the README does what the text around it says", async () => {
  await using site = await startTestConsole();
  const HIKYAKU_URL = await site.listen();
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = ""]) => block.replaceAll("\\\n", " ").split("\n"))
    .filter((line) => line !== "");

  const answers: string[] = [];
  for (const command of commands) {
    const { url, ...request } = readCurl(command, { HIKYAKU_URL, HIKYAKU_KEY: site.key });
    const response = await fetch(url, request);
    const isCsv = response.headers.get("content-type")?.startsWith("text/csv");
    const answer = (isCsv ? { csv: await response.text() } : await response.json()) as Record<string, unknown>;
    expect(response.ok, `${command}\n${JSON.stringify(answer)}`).toBe(true);
    answers.push(`${request.method} ${url.replace(HIKYAKU_URL, "")} ${answer.state ?? ""}`);
  }
  expect(answers).toEqual([
    "POST /v1/campaigns draft",
    "POST /v1/campaigns/2026-12-coupon/recipients ready",
    "POST /v1/campaigns/2026-12-coupon/start running",
    "GET /v1/campaigns/2026-12-coupon running",
    "POST /v1/campaigns/2026-12-coupon/pause paused",
    "POST /v1/campaigns/2026-12-coupon/resume running",
    "POST /v1/campaigns/2026-12-coupon/cancel ",
    "GET /v1/campaigns/2026-12-coupon/report ",
    "POST /v1/messages queued",
    "GET /v1/messages?to=090-1234-5678 ",
    "GET /v1/messages/export?format=csv&campaign=2026-12-coupon&state=failed ",
    "GET /v1/inbound?campaign=2026-12-coupon&since=2026-12-01T00:00:00%2B09:00 ",
    "POST /v1/events/replay ",
    "POST /v1/schedules no-recipients",
    "PUT /v1/schedules/friday-coupon/recipients ",
    "POST /v1/suppressions ",
  ]);
  const [campaign] = await site.ledger.sql<
    { id: string; rejectedRows: number }[]
  >`select id, rejected_rows from campaign`;
  expect(campaign?.rejectedRows).toBe(1);
  expect(await campaignCounts(site.ledger.sql, { campaignId: campaign?.id ?? "" })).toMatchObject({ total: 1 });
});

/** As much of curl as the README uses, so that the test needs none. */
function readCurl(command: string, variables: Record<string, string>) {
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, literal, quoted, bare]) => {
    return (
      literal ?? (quoted ?? bare ?? "").replace(/\$([A-Z_]+)/g, (_, name: string) => variables[name] ?? `no ${name}`)
    );
  });
  expect(words.shift()).toBe("curl");
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let body: string | undefined;
  let url = "";
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "-X") method = words.shift();
    else if (word === "-H") {
      const [name = "", value = ""] = (words.shift() ?? "").split(/:\s*(.*)/);
      headers[name] = value;
    } else if (word === "-d") body = words.shift();
    else if (word === "-T") {
      expect(words.shift()).toBe("recipients.ndjson");
      body = ndjson;
    } else {
      expect(word).toMatch(/^http:/);
      url = word;
    }
  }
  return {
    url,
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}
