import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { type NodeProcess, spawnNode } from "../spawn-node.ts";
import { claimFolder } from "./claim-folder.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "testkit-test-"));
  return { path, lock: join(path, "stack.lock"), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function someProcess(): Promise<NodeProcess & { identity: ProcessIdentity }> {
  const started = spawnNode(new URL("../../test/count.ts", import.meta.url));
  await started.ready(/counting/);
  return Object.assign(started, { identity: identify(started.pid) ?? { pid: 0, startedAt: "" } });
}

const gone: ProcessIdentity = { pid: process.pid, startedAt: "before this process" };

test("a free folder is claimed for this process and its keeper", async () => {
  await using folder = await temporaryFolder();
  expect(await claimFolder(folder.path, process.pid)).toBe(folder.lock);
  const self = identify(process.pid);
  expect(JSON.parse(await readFile(folder.lock, "utf8"))).toEqual({ owner: self, keeper: self });
  expect(await readdir(folder.path)).toEqual(["stack.lock"]);
});

test("a folder whose user and keeper run is refused", async () => {
  await using folder = await temporaryFolder();
  await using other = await someProcess();
  await writeFile(folder.lock, JSON.stringify({ owner: other.identity, keeper: other.identity }));
  await expect(claimFolder(folder.path, process.pid)).rejects.toThrow(`is in use by process ${other.pid}`);
  expect(await readdir(folder.path)).toEqual(["stack.lock"]);
});

test("a folder whose user is gone is waited for until its keeper is gone too", async () => {
  await using folder = await temporaryFolder();
  await using keeper = await someProcess();
  const theirs = JSON.stringify({ owner: gone, keeper: keeper.identity });
  await writeFile(folder.lock, theirs);
  const claim = claimFolder(folder.path, process.pid);
  // Several looks at the claim later it still stands.
  expect(await Promise.race([claim, delay(300, "waiting")])).toBe("waiting");
  expect(await readFile(folder.lock, "utf8")).toBe(theirs);
  await keeper.kill();
  expect(await claim).toBe(folder.lock);
  expect(await readFile(folder.lock, "utf8")).not.toBe(theirs);
});

test.for([
  { what: "whose keeper is gone, its number used again", text: JSON.stringify({ owner: gone, keeper: gone }) },
  { what: "that says nothing", text: "" },
])("a claim $what is void", async ({ text }) => {
  await using folder = await temporaryFolder();
  await writeFile(folder.lock, text);
  expect(await claimFolder(folder.path, process.pid)).toBe(folder.lock);
  expect(await readdir(folder.path)).toEqual(["stack.lock"]);
});
