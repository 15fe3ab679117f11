import { expect, test } from "vitest";
import { findRunners } from "./runners.ts";

const tree: Record<number, { args: string[]; parent: number }> = {
  10: { args: ["-bash"], parent: 1 },
  11: { args: ["npm exec pnpm@10 hikyaku up"], parent: 10 },
  12: { args: ["sh", "-c", "'pnpm' hikyaku up --simulator"], parent: 11 },
  13: { args: ["/bin/sh", "/home/me/hikyaku/node_modules/.bin/node", "/x/pnpm.cjs", "hikyaku", "up"], parent: 12 },
  14: { args: ["node", "/home/me/.npm/_npx/1/node_modules/pnpm/bin/pnpm.cjs", "hikyaku", "up"], parent: 13 },
  15: { args: ["/bin/sh", "./node_modules/.bin/hikyaku", "up"], parent: 14 },
  20: { args: ["bash", "-c", "hikyaku up & sleep 5"], parent: 10 },
  21: { args: ["sh", "-c", "hikyaku demo"], parent: 14 },
  22: { args: ["node", "/opt/judge/run.js"], parent: 10 },
};
const runnersOf = (parent: number) => findRunners(parent, (pid) => tree[pid] ?? null).map(({ pid }) => pid);

test.for([
  { parent: 15, runners: [15, 14, 13, 12, 11], what: "npx, pnpm and their shells run us" },
  { parent: 21, runners: [21, 14, 13, 12, 11], what: "so does the shell of a package script" },
  { parent: 10, runners: [], what: "a shell somebody types in does not" },
  { parent: 20, runners: [], what: "a shell that goes on with something else does not" },
  { parent: 22, runners: [], what: "a program does not" },
])("$what", ({ parent, runners }) => {
  expect(runnersOf(parent)).toEqual(runners);
});
