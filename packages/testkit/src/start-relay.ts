import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Relay extends AsyncDisposable {
  /** The server's, by way of this one. */
  readonly url: string;
  /** Resets every connection there is, as a firewall or a pooler does that starts anew; answers how many. */
  cut(): number;
  /** Connections that were made so far, also those that the server would not take. */
  made(): number;
}

/** Passes everything on to the server of a URL, over connections that can be reset. */
export async function startRelay(target: string): Promise<Relay> {
  const url = new URL(target);
  const server = { host: url.hostname, port: Number(url.port) };
  const clients = new Set<Socket>();
  let made = 0;
  const relay = createServer((client) => {
    made += 1;
    const onward = connect(server);
    client.on("error", () => {});
    client.on("close", () => {
      clients.delete(client);
      onward.destroy();
    });
    onward.on("error", () => client.destroy());
    client.pipe(onward).pipe(client);
    clients.add(client);
  });
  await once(relay.listen(0, "127.0.0.1"), "listening");
  url.hostname = "127.0.0.1";
  url.port = String((relay.address() as AddressInfo).port);
  return {
    url: url.href,
    cut() {
      const cut = [...clients];
      for (const client of cut) client.resetAndDestroy();
      return cut.length;
    },
    made: () => made,
    async [Symbol.asyncDispose]() {
      const closed = once(relay, "close");
      relay.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
