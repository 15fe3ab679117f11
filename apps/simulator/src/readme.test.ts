import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { startListener } from "../test/support.ts";
import { behaviourWords } from "./control/pages/words.ts";
import { startSimulator } from "./index.ts";
import { behaviours } from "./kddi/behaviours.ts";
import { optionsSchema } from "./options.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const run = promisify(execFile);

function section(heading: string): string {
  return readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

function rowsOf(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| ") && !/^\| [-N]/.test(line));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
}

it("the table of magic numbers is the table of behaviours", () => {
  const table = Object.entries(behaviours).map(([digits, { does }]) => [digits, does]);
  expect(rowsOf(section("Magic numbers"))).toEqual(table.sort());
});

it("the pages have words for every behaviour", () => {
  expect(Object.keys(behaviourWords).sort()).toEqual(["", ...Object.keys(behaviours)].sort());
});

/** `[name, default, meaning]` of every option, those inside another with its name before theirs. */
function optionRows(): string[][] {
  const schema = z.toJSONSchema(optionsSchema, { io: "input", unrepresentable: "any" }) as Json;
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
    const inner = name === "accounts" || name === "faults" ? undefined : option.properties;
    if (inner === undefined) return [row(name, option)];
    return Object.entries(inner).map(([innerName, each]) => row(`${name}.${innerName}`, each));
  });
}

interface Json {
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Record<string, Json>;
}

function row(name: string, { default: value, description }: Json): string[] {
  const isLong = name === "accounts" || name === "faults" || value === undefined;
  return [`\`${name}\``, isLong ? "" : `\`${JSON.stringify(value)}\``, description ?? "?"];
}

it("the table of options is the schema: names, defaults, meanings", () => {
  const [, ...rows] = rowsOf(section("Options"));
  expect(rows).toEqual(optionRows());
});

it("the table of calls names every call of the control API", async () => {
  const source = readFileSync(new URL("./control/control-api.ts", import.meta.url), "utf8");
  const calls = [...source.matchAll(/app\.(get|post|put)(?:<.*>)?\(\s*"([^"]+)"/g)].map(
    ([, method = "", path = ""]) => `${method.toUpperCase()} ${path.replace(/:(\w+)/, "{$1}")}`,
  );
  expect(calls.length).toBeGreaterThan(15);
  const table = rowsOf(section("Control API")).map(([call = ""]) => call.replaceAll(/\?[^`]*/g, ""));
  for (const call of calls) expect(table.join(" ")).toContain(`\`${call}\``);
});

describe("the examples", () => {
  it("of curl run one after the other, and do what is said of them", async () => {
    await using hook = await startListener();
    await using simulator = await startSimulator({ strict: true });
    const [, block = ""] = /```sh\n(# Where the company listens[\s\S]*?)```/.exec(readme) ?? [];
    const filled = block
      .replaceAll("{control}", simulator.controlUrl)
      .replaceAll("{gateway}", simulator.gatewayUrl)
      .replaceAll("{hook}", hook.url.replace("/sms-result", ""));
    const commands = filled
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .join("\n")
      .split(/\n(?=curl)/)
      .map((command) => command.trim());
    expect(commands).toHaveLength(14);
    const answers: unknown[] = [];
    for (const command of commands) {
      const { stdout } = await run("sh", ["-c", command.replace(/^curl/, "curl --silent --show-error")]);
      answers.push(JSON.parse(stdout));
    }
    expect(answers).toMatchObject([
      { webhookUrl: expect.stringContaining("/webhook") },
      { app: "installed", power: "off" },
      { RCSMessage: { status: "pending" }, Destination: "rcs" },
      { now: expect.any(String) },
      { power: "on", inbox: [{ text: "ご来店をお待ちしています" }] },
      { sent: true },
      { sent: true },
      { sent: true },
      { sent: true },
      { results: [{ kind: "webhook" }, { kind: "sms-result" }] },
      { total: 1, messages: [{ state: "displayed" }], requests: [{ answered: 202 }] },
      { acts: [{ text: "行きます" }, { text: "何時までですか" }, { kind: "newUser" }, { kind: "mo", text: "停止" }] },
      { accepted: 1, channels: { rcs: 1 } },
      { status: "reset" },
    ]);
    await vi.waitFor(() => expect(hook.received.length).toBeGreaterThanOrEqual(9));
    const told = hook.received.filter(({ body }) => body.includes("RCSMessage")).length;
    expect(told).toBe(6);
  });

  it("of faults are faults", async () => {
    await using simulator = await startSimulator();
    const [, block = ""] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(simulator.setFaults(JSON.parse(block))).toMatchObject({ latency: { rate: 0.05, ms: 2000 } });
  });

  it("of a test runs", async () => {
    const [, block = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    const options = /startSimulator\((\{[\s\S]*?\n\})\)/.exec(block)?.[1] ?? "";
    await using simulator = await startSimulator(new Function(`return ${options}`)());
    expect(simulator.metrics().duplicates.count).toBe(0);
    expect(simulator.phone("+819012345678").inbox).toEqual([]);
  });
});
