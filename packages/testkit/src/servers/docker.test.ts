import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { dockerAnswers } from "./docker.ts";

/** A home folder with something that listens where Docker Desktop does. */
async function homeWith(engine: RequestListener | undefined) {
  const home = await mkdtemp(join(tmpdir(), "testkit-test-"));
  const socket = join(home, ".docker", "run", "docker.sock");
  await mkdir(dirname(socket), { recursive: true });
  const server = createServer(engine);
  if (engine !== undefined) await once(server.listen(socket), "listening");
  return {
    home,
    socket,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(home, { recursive: true });
    },
  };
}

test("an engine that answers is found at a usual place and by DOCKER_HOST", async () => {
  const asked: Array<string | undefined> = [];
  await using there = await homeWith((request, response) => {
    asked.push(request.url);
    response.end("OK");
  });
  expect(await dockerAnswers({ DOCKER_HOST: `unix://${there.socket}` })).toBe(true);
  expect(await dockerAnswers({ PATH: "/usr/bin" }, there.home)).toBe(true);
  expect(asked).toEqual(["/_ping", "/_ping"]);
});

test("an engine that never answers is given up within two seconds", async () => {
  await using there = await homeWith(() => {});
  const startedAt = performance.now();
  expect(await dockerAnswers({ DOCKER_HOST: `unix://${there.socket}` })).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test("a DOCKER_HOST where nobody listens, or that is no address, is no engine", async () => {
  await using there = await homeWith(undefined);
  expect(await dockerAnswers({ DOCKER_HOST: `unix://${there.socket}` })).toBe(false);
  expect(await dockerAnswers({ DOCKER_HOST: "tcp://127.0.0.1:1" })).toBe(false);
  expect(await dockerAnswers({ DOCKER_HOST: "no address" })).toBe(false);
});
