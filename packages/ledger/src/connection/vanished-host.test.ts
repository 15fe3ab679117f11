import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createDatabase, waitFor } from "@hikyaku/testkit";
import { describe, expect, test } from "vitest";
import { startVanishingRelay } from "../../test/vanishing-relay.ts";
import { connectLedger } from "../index.ts";
import { createHostWatch } from "./vanished-host.ts";

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A server that says back what is said to it, but keeps silent about `?`. */
async function startEcho() {
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    taken.push(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => data.toString() !== "?" && socket.write(data));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: portOf(server),
    taken,
    [Symbol.dispose]() {
      for (const socket of taken) socket.destroy();
      server.close();
    },
  };
}

async function open(port: number) {
  const socket = connect({ host: "127.0.0.1", port });
  const errors: NodeJS.ErrnoException[] = [];
  socket.on("error", (error) => errors.push(error));
  await once(socket, "connect");
  return { socket, errors };
}

async function talk(socket: Socket): Promise<void> {
  socket.write("hello");
  await once(socket, "data");
}

describe("a watched socket", () => {
  test("whose host vanished ends soon when an answer is owed, one to another host stays", async () => {
    using echo = await startEcho();
    await using relay = await startVanishingRelay(echo.port);
    const watch = createHostWatch({ silentMs: 300, answerMs: 300 });
    const [owed, elsewhere] = [await open(relay.port), await open(echo.port)];
    for (const { socket } of [owed, elsewhere]) {
      watch(socket);
      await talk(socket);
    }
    await relay.vanish();
    elsewhere.socket.write("?");
    owed.socket.write("?");
    await waitFor(() => owed.socket.destroyed, { what: "the connection to be given up" });
    await waitFor(() => owed.errors.length > 0, { what: "its error" });
    expect(owed.errors).toMatchObject([{ code: "ETIMEDOUT" }]);
    expect(owed.errors[0]?.message).toBe(
      `PostgreSQL at 127.0.0.1 port ${relay.port} vanished: it owes answers, and takes no other connection`,
    );
    await talk(elsewhere.socket);
    elsewhere.socket.destroy();
  });

  test("whose host is there may wait for its answer; each silence is looked after once", async () => {
    using echo = await startEcho();
    using later = await startEcho();
    const watch = createHostWatch({ silentMs: 100, answerMs: 100 });
    const [one, two] = [await open(echo.port), await open(later.port)];
    for (const { socket } of [one, two]) watch(socket);
    one.socket.write("?");
    await waitFor(() => echo.taken[1]?.destroyed, { what: "the host to be asked" });
    // The silence that begins now is looked after in its turn, and by then the first one has not been again.
    two.socket.write("?");
    await waitFor(() => later.taken[1]?.destroyed, { what: "the other host to be asked" });
    expect(echo.taken).toHaveLength(2);
    one.socket.write("?");
    await waitFor(() => echo.taken[2]?.destroyed, { what: "the host to be asked again" });
    for (const { socket, errors } of [one, two]) {
      await talk(socket);
      expect(errors).toEqual([]);
      socket.destroy();
    }
  });

  test("is not looked after while its host speaks on another one", async () => {
    using echo = await startEcho();
    const watch = createHostWatch({ silentMs: 200, answerMs: 200 });
    const [silent, busy] = [await open(echo.port), await open(echo.port)];
    for (const { socket } of [silent, busy]) watch(socket);
    silent.socket.write("?");
    const end = performance.now() + 1_000;
    while (performance.now() < end) await talk(busy.socket);
    expect(echo.taken).toHaveLength(2);
    for (const { socket } of [silent, busy]) socket.destroy();
  });
});

test("a ledger whose host vanished in the middle goes on at the next of its hosts", async () => {
  await using database = await createDatabase();
  const url = new URL(database.url);
  await using first = await startVanishingRelay(Number(url.port));
  await using second = await startVanishingRelay(Number(url.port));
  const hosts = `127.0.0.1:${first.port},127.0.0.1:${second.port}`;
  const ledger = connectLedger(database.url.replace(url.host, hosts), { max: 1 });
  try {
    expect(await ledger.sql`select 1 as one`).toEqual([{ one: 1 }]);
    await first.vanish();

    await expect(ledger.sql`select 2 as two`).rejects.toMatchObject({ code: "ETIMEDOUT" });
    const next = () => ledger.sql`select 3 as three`.catch(() => null);
    await expect.poll(next, { timeout: 5_000 }).toEqual([{ three: 3 }]);
  } finally {
    await ledger.close();
  }
}, 40_000);
