/**
 * A process that passes everything on to `127.0.0.1:<port of the first argument>` and prints where it listens. Stopped (SIGSTOP), and with
 * its short queue of connections full, it is to its clients like a host without power: nothing is answered, not even a connection.
 */
import { connect, createServer } from "node:net";

const target = Number(process.argv[2]);

const server = createServer((client) => {
  const onward = connect({ host: "127.0.0.1", port: target, noDelay: true });
  client.pipe(onward).pipe(client);
  client.on("error", () => onward.destroy());
  onward.on("error", () => client.destroy());
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has a port");
  console.log(`listening on ${address.port}`);
});
