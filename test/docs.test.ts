import { readdir, readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Cli } from "../apps/cli/src/cli.ts";
import { createProgram } from "../apps/cli/src/program.ts";
import { campaignFields } from "../apps/console/src/api/campaigns/campaign-fields.ts";
import { campaignSchema } from "../apps/console/src/api/campaigns/campaign-schema.ts";
import { describeConfig, formatFault, parseConfig } from "../packages/config/src/index.ts";
import {
  backoffPlans,
  deficitRoundRobin,
  nextCampaignStates,
  nextStates,
  startOfRound,
} from "../packages/core/src/index.ts";
import { outcomeTable } from "../packages/core/src/outcome/outcome-policy.ts";
import { createMetrics } from "../packages/engine/src/index.ts";
import { routeSchemas } from "../packages/providers/src/index.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** How the table of outcomes says it. */
const english = {
  other: (each: unknown) => `other ${each}`,
  waits: (first: number, longest: number) => `${first} s to ${longest} s`,
  hold: "held at once",
  slower: "slower",
  messages: (count: number) => `held after ${count} messages in a row`,
  attempts: (count: number) => `held after ${count} attempts in a row`,
};
const japanese: typeof english = {
  other: (each) => `その他の ${each}`,
  waits: (first, longest) => `${first}～${longest} 秒`,
  hold: "直ちに保留",
  slower: "減速",
  messages: (count) => `別々のメッセージで ${count} 回続くと保留`,
  attempts: (count) => `${count} 回続くと保留`,
};
const pages = await pagesOf(root);

/** Every page of the repository by its path, e.g. `docs/start.md`. */
async function pagesOf(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const notOurs = new Set(["node_modules", ".git", ".hikyaku", "dist", "coverage"]);
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(below, { withFileTypes: true })) {
      if (notOurs.has(entry.name)) continue;
      const path = `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.name.endsWith(".md")) found.set(relative(folder, path), await readFile(path, "utf8"));
    }
  };
  await walk(folder);
  return found;
}

function page(path: string): string {
  const text = pages.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}

/** The cells of every row of every table below the heading, up to the next heading; without code marks. */
function rowsBelow(text: string, heading: string): string[][] {
  const start = text.indexOf(`\n${heading}\n`);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const section = text.slice(start + heading.length + 2).split(/\n#{1,6} /)[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[-|\s]+\|$/.test(line))
    .slice(1)
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** What stands between fences, with the language, and whatever indentation a list gives it. */
function codeBlocks(text: string): { language: string; code: string }[] {
  return [...text.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(([, indent = "", language = "", code = ""]) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

const withoutCode = (text: string) => text.replaceAll(/^( *)```.*?^\1```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
const headings = (text: string) => withoutCode(text).match(/^#{1,6} .*$/gm) ?? [];
const bilingual = [...pages.keys()].filter((path) => path === "README.md" || path.startsWith("docs/"));

describe("every page", () => {
  const links = [...pages].flatMap(([path, text]) =>
    [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ path, target })),
  );

  test.each(links.filter(({ target }) => !/^[a-z]+:/.test(target)))("$path: $target is there", ({ path, target }) => {
    const [file = "", anchor] = target.split("#");
    const there = file === "" ? path : relative(root, new URL(file, `file://${root}${path}`).pathname);
    const isPage = there.endsWith(".md");
    if (isPage) expect([...pages.keys()]).toContain(there);
    if (anchor !== undefined) expect(headings(page(there)).map(anchorOf)).toContain(decodeURIComponent(anchor));
  });

  test.each(bilingual.filter((path) => !path.endsWith(".ja.md")))(
    "%s has its Japanese page, of the same shape",
    (path) => {
      const japanese = page(path.replace(/\.md$/, ".ja.md"));
      const levels = (text: string) => headings(text).map((heading) => heading.indexOf(" "));
      expect(levels(japanese)).toEqual(levels(page(path)));
      const languages = (text: string) => codeBlocks(text).map(({ language }) => language);
      expect(languages(japanese)).toEqual(languages(page(path)));
    },
  );

  test("no Japanese page stands alone", () => {
    const alone = bilingual.filter((path) => path.endsWith(".ja.md") && !pages.has(path.replace(/\.ja\.md$/, ".md")));
    expect(alone).toEqual([]);
  });

  /** Drawings are in the words of the code in both languages; the rest may be translated. */
  test.each(bilingual.filter((path) => !path.endsWith(".ja.md")))(
    "%s shows the same commands and settings in both languages",
    (path) => {
      const plain = (text: string) =>
        codeBlocks(text)
          .filter(({ language }) => ["sh", "yaml", "ts", "sql"].includes(language))
          .map(({ code }) => code.replaceAll(/\s*(?:#|--(?= )|\/\/) .*$/gm, "").trim());
      expect(plain(page(path.replace(/\.md$/, ".ja.md")))).toEqual(plain(page(path)));
    },
  );
});

/** As GitHub makes it: lower case, without punctuation, spaces as hyphens. */
function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replaceAll(" ", "-");
}

describe("settings", () => {
  test("docs/configuration.md has every key as the code describes it", async () => {
    const text = page("docs/configuration.md");
    const [intro] = text.split(/(?<=<!-- From here on generated.*-->\n\n)/);
    expect(intro).not.toBe(text);
    await expect(`${intro}${describeConfig(routeSchemas)}`).toMatchFileSnapshot(`${root}docs/configuration.md`);
  });

  const examples = [...pages].flatMap(([path, text]) =>
    codeBlocks(text)
      .filter(({ language, code }) => language === "yaml" && /^routes:/m.test(code))
      .map(({ code }, index) => ({ name: `${path}, example ${index + 1}`, code })),
  );

  test("there are examples", () => expect(examples.length).toBeGreaterThan(2));

  test.each(examples)("$name can be used as it stands", ({ name, code }) => {
    const variables = [...code.matchAll(/\$\{(\w+)\}/g)].map(([, variable = ""]) => [
      variable,
      "a-value-of-16-characters-or-more",
    ]);
    const env = {
      ...Object.fromEntries(variables),
      KDDI_BASE_URL: "https://api.msg-gw.kddi.com/au",
      KDDI_SMS_NUMBER: "0312345678",
      EVENTS_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    };
    const result = parseConfig({ text: code, file: name, env, routeSchemas });
    expect(result.ok ? [] : result.faults.map(formatFault)).toEqual([]);
  });
});

describe.each(["docs/cli.md", "docs/cli.ja.md"])("%s", (path) => {
  const commands = commandsBelow(hikyaku(), "hikyaku");
  const sections = new Map(
    page(path)
      .split(/^### /m)
      .slice(1)
      .map((section) => [/^`([^`]*)`/.exec(section)?.[1] ?? "", section.split(/^## /m)[0] ?? ""]),
  );

  test("has a section for every command there is and for no other", () => {
    expect([...sections.keys()].sort()).toEqual([...commands.keys()].sort());
  });

  test.each([...commands])("names every option of %s and no other", (name, options) => {
    const named = sections.get(name)?.match(/--[a-z][a-z-]+/g) ?? [];
    expect([...new Set(named)].sort()).toEqual([...options].sort());
  });
});

test("everywhere a campaign's priority is told, more of it is more messages", async () => {
  const send = hikyaku()
    .commands.find((command) => command.name() === "campaign")
    ?.commands.find((command) => command.name() === "send");
  const rowOf = (path: string) => page(path).match(/^\| `--priority .*$/m)?.[0];
  const english = [
    send?.options.find(({ long }) => long === "--priority")?.description,
    campaignFields.priority.description,
    campaignSchema.shape.priority.description,
    rowOf("docs/cli.md"),
    page("docs/architecture.md"),
    await readFile(`${root}packages/producer/src/request/campaign-options.ts`, "utf8"),
    await readFile(`${root}apps/console/src/pages/campaign.ts`, "utf8"),
  ];
  for (const text of english)
    expect(text?.replaceAll(/\s+/g, " ")).toMatch(/10 gets ten messages where one of (priority )?1 gets one/);
  expect(rowOf("docs/cli.ja.md")).toContain("1 のものが 1 件送る間に、10 のものは 10 件送る");
  const campaigns = [1, 10].map((priority) => ({ id: String(priority), priority, available: 1_000 }));
  expect(Object.fromEntries(deficitRoundRobin(startOfRound, campaigns, 110).take)).toEqual({ 1: 10, 10: 100 });
});

function hikyaku(): ReturnType<typeof createProgram> {
  const writer = { write() {}, columns: 80, isTTY: false };
  const paint = { isColorSupported: false };
  const terminal = { out: writer, err: writer, outPaint: paint, errPaint: paint };
  return createProgram({ terminal, action: () => async () => {} } as unknown as Cli);
}

/** Each command that does something, as it is written, with its own options. */
function commandsBelow({ commands }: ReturnType<typeof createProgram>, above: string): Map<string, string[]> {
  return new Map(
    commands.flatMap((command) => {
      const name = `${above} ${command.name()}`;
      if (command.commands.length > 0) return [...commandsBelow(command, name)];
      const places = command.registeredArguments.map((each) =>
        each.required ? `<${each.name()}>` : `[${each.name()}]`,
      );
      return [[[name, ...places].join(" "), command.options.flatMap(({ long }) => long ?? [])] as const];
    }),
  );
}

describe.each([
  { path: "docs/architecture.md", words: english },
  { path: "docs/architecture.ja.md", words: japanese },
])("$path", ({ path, words }) => {
  const text = page(path);
  const section = (nth: number) => [...text.matchAll(/^## .*$/gm)][nth]?.[0] ?? "";
  const drawn = codeBlocks(text).find(({ code }) => code.startsWith("stateDiagram"))?.code ?? "";

  test("its table of states is the one of the code", () => {
    const table = rowsBelow(text, section(1)).map(([state = "", , next = ""]) => [
      state.replaceAll("`", ""),
      next === "–" ? [] : next.split(", "),
    ]);
    expect(Object.fromEntries(table)).toEqual(nextStates);
  });

  test("its drawing has only steps that exist, and every state but those that only late receipts lead to", () => {
    const steps = [...drawn.matchAll(/^\s*(\w+) --> (\w+)/gm)].map(([, from = "", to = ""]) => ({ from, to }));
    expect(steps.length).toBeGreaterThan(15);
    for (const { from, to } of steps) expect((nextStates as Record<string, readonly string[]>)[from]).toContain(to);
    const shown = new Set(steps.flatMap(({ from, to }) => [from, to]));
    expect([...shown].sort()).toEqual(Object.keys(nextStates).sort());
  });

  test("its line of campaign states is a way through the table of the code", () => {
    const [, line = ""] = /: `(draft [^`]*)`/.exec(text) ?? [];
    const states = line.split(/ [→⇄] /) as (keyof typeof nextCampaignStates)[];
    expect([...states, "cancelled"].sort()).toEqual(Object.keys(nextCampaignStates).sort());
    for (const [index, state] of states.entries()) {
      const to = states[index + 1];
      // `paused` is a side step: the way goes on from `running`.
      if (to !== undefined) expect(nextCampaignStates[state === "paused" ? "running" : state]).toContain(to);
    }
  });

  test("its table of outcomes is the one of the code", () => {
    const table = rowsBelow(text, section(2));
    expect(table).toEqual(outcomeTable.map((row) => outcomeRow(row, words)));
  });
});

function outcomeRow({ on, outcome, backoff, route }: (typeof outcomeTable)[number], words: typeof english): string[] {
  const plan = backoff === null ? null : backoffPlans[backoff];
  const effect = {
    none: () => "–",
    hold: () => words.hold,
    "slow-down": () => words.slower,
    "hold-after": () => (route.kind === "hold-after" ? words[route.of](route.inARow) : ""),
  };
  return [
    on.map((each) => (/^\dxx$/.test(String(each)) ? words.other(each) : String(each))).join(", "),
    "cause" in outcome ? `${outcome.kind} (${outcome.cause})` : outcome.kind,
    plan === null ? "–" : words.waits(plan.baseMs / 1_000, plan.capMs / 1_000),
    effect[route.kind](),
  ];
}

describe.each(["docs/operate/watching.md", "docs/operate/watching.ja.md"])("%s", (path) => {
  /** The nth heading of the second level, whatever its language. */
  const section = (nth: number) => [...page(path).matchAll(/^## .*$/gm)][nth]?.[0] ?? "";
  const code = (cell = "") => /^`(.*)`$/.exec(cell)?.[1] ?? cell;

  test("names every metric there is and no other, with its kind and labels", async () => {
    const { registry } = createMetrics({ process: "worker", withDefaults: false });
    const metrics = (await registry.getMetricsAsJSON()).map(({ name, type }) => {
      const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
      return `${name} ${type} ${labelNames.filter((label) => label !== "le").join(", ") || "–"}`;
    });
    const table = rowsBelow(page(path), section(1)).map(
      ([name, kind = "", labels]) => `${code(name)} ${kind.split(",")[0]} ${labels}`,
    );
    expect(table.sort()).toEqual(metrics.sort());
  });

  test("asks in its alerts only for metrics that exist", () => {
    const { registry } = createMetrics({ process: "worker", withDefaults: false });
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    const asked = codeBlocks(page(path)).flatMap(({ code }) => code.match(/hikyaku_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(5);
    for (const name of asked) expect(names).toContain(name.replace(/_bucket$/, ""));
  });

  test("names every sentence that a process logs and no other, with its level", async () => {
    const table = rowsBelow(page(path), section(3)).map(([level, sentence]) => `${level} ${code(sentence)}`);
    expect([...new Set(table)].sort()).toEqual([...(await loggedSentences())].sort());
  });
});

/** Level and sentence of each call of a logger in the processes, at `info` and above; `${…}` becomes `…`. */
async function loggedSentences(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const part of ["packages/engine", "apps/worker", "apps/poller", "apps/receiver", "apps/console"]) {
    for (const file of await readdir(`${root}${part}/src`, { recursive: true, withFileTypes: true })) {
      if (!file.name.endsWith(".ts") || file.name.endsWith(".test.ts")) continue;
      const source = await readFile(`${file.parentPath}/${file.name}`, "utf8");
      for (const { index, 1: level = "", 0: call } of source.matchAll(/\blog\.(info|warn|error|fatal)\(/g)) {
        const last = argumentsFrom(source, index + call.length).at(-1) ?? "";
        found.add(
          `${level} ${last
            .replace(/,$/, "")
            .trim()
            .slice(1, -1)
            .replaceAll(/\$\{[^}]*\}/g, "…")}`,
        );
      }
    }
  }
  return found;
}

/** The texts of a call's arguments, from behind its opening bracket. */
function argumentsFrom(source: string, start: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let quote = "";
  let from = start;
  for (let at = start; ; at++) {
    const character = source[at];
    if (character === undefined) throw new Error("a call that never ends");
    if (quote !== "") {
      if (character === quote && source[at - 1] !== "\\") quote = "";
    } else if (`"'\``.includes(character)) quote = character;
    else if ("([{".includes(character)) depth++;
    else if (character === "," && depth === 0) {
      found.push(source.slice(from, at));
      from = at + 1;
    } else if (")]}".includes(character) && depth-- === 0) {
      found.push(source.slice(from, at));
      return found.filter((text) => text.trim() !== "");
    }
  }
}

test("no page names a folder of somebody's machine or a registry's host", () => {
  for (const [path, text] of pages) {
    expect([path, /(?:\/home\/|\/Users\/|\/root\/|\/work\/|registry\.|npmjs)/.exec(text)?.[0]]).toEqual([
      path,
      undefined,
    ]);
  }
});

test("links between pages of one language stay in that language", () => {
  const stray = [...pages].flatMap(([path, text]) =>
    path.endsWith(".ja.md")
      ? [...withoutCode(text).matchAll(/\]\(([^)\s#]+\.md)/g)].flatMap(([, target = ""]) => {
          const there = relative(root, new URL(target, `file://${root}${path}`).pathname);
          const own = there.replace(/(?:\.ja)?\.md$/, ".ja.md");
          return there !== own && own !== path && pages.has(own) && dirname(there) !== "."
            ? [`${path}: ${target}`]
            : [];
        })
      : [],
  );
  expect(stray).toEqual([]);
});
