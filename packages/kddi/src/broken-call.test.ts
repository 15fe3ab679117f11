import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { ownCertificates } from "@hikyaku/exchange";
import {
  answering,
  caFile,
  httpAnswer,
  type RawConnection,
  serverTls,
  startRawServer,
} from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { guideMessage, testClient, testRoute } from "../test/test-route.ts";
import { kddi } from "./provider.ts";

const accepted = httpAnswer(202, '{"smsmessage":{"msgId":"m"},"Destination":"sms"}');
const quick = { connectTimeout: "300ms", responseTimeout: "300ms" };

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}

describe("a call that surely sent nothing is tried again", () => {
  const retry = { kind: "retry", cause: "unreachable" };

  test("connection refused", async () => {
    await using client = testClient(await closedPort());
    expect(await client.send([guideMessage])).toMatchObject([{ ...retry, reason: "refused (ECONNREFUSED)" }]);
  });

  test("a host name that does not exist", async () => {
    await using client = testClient(0, { baseUrl: "http://gateway.invalid/au" });
    expect(await client.send([guideMessage])).toMatchObject([
      { ...retry, reason: expect.stringMatching(/^(?:dns|connect-timeout) \(/) },
    ]);
  });

  test("a TLS certificate nobody vouches for", async () => {
    await using server = await startRawServer(answering(accepted), serverTls);
    await using client = testClient(0, { baseUrl: `https://localhost:${server.port}/au` });
    expect(await client.send([guideMessage])).toMatchObject([{ ...retry, reason: expect.stringMatching(/^tls \(/) }]);
  });

  test("a TLS certificate for another name", async () => {
    await using server = await startRawServer(answering(accepted), serverTls);
    // An address for "this machine" that the certificate does not name.
    await using client = testClient(0, { baseUrl: `https://0.0.0.0:${server.port}/au`, tls: { caFile } });
    expect(await client.send([guideMessage])).toMatchObject([
      { ...retry, reason: "tls (ERR_TLS_CERT_ALTNAME_INVALID)" },
    ]);
  });

  test("a server that does not speak TLS", async () => {
    await using server = await startRawServer((connection) => connection.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await using client = testClient(0, { baseUrl: `https://127.0.0.1:${server.port}/au` });
    expect(await client.send([guideMessage])).toMatchObject([{ ...retry, reason: expect.stringMatching(/^tls \(/) }]);
  });

  test("a server that hangs up during the TLS handshake", async () => {
    await using server = await startRawServer(({ socket }) => void socket.end());
    await using client = testClient(0, { baseUrl: `https://127.0.0.1:${server.port}/au` });
    expect(await client.send([guideMessage])).toMatchObject([{ ...retry, reason: expect.stringMatching(/^tls \(/) }]);
  });

  test("a TLS handshake that never ends", async () => {
    await using server = await startRawServer(() => {});
    await using client = testClient(0, { baseUrl: `https://127.0.0.1:${server.port}/au`, ...quick });
    expect(await client.send([guideMessage])).toMatchObject([
      { ...retry, reason: expect.stringMatching(/^connect-timeout/) },
    ]);
  });

  test("a message that gets no connection in time is not sent when one becomes free later", async () => {
    const requests: Buffer[] = [];
    let answerFirst = () => {};
    await using server = await startRawServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        requests.push(request);
        await new Promise<void>((resolve) => {
          answerFirst = resolve;
        });
        connection.write(accepted);
      }
    });
    await using client = testClient(server.port, { connectTimeout: "200ms", responseTimeout: "30s" }, 1);
    const first = client.send([guideMessage]);
    expect(await client.send([guideMessage])).toMatchObject([
      { ...retry, reason: "connect-timeout (no connection in time)" },
    ]);
    answerFirst();
    expect(await first).toMatchObject([{ kind: "accepted" }]);
    await client.close();
    expect(requests).toHaveLength(1);
  });

  test("a client that was closed", async () => {
    await using server = await startRawServer(answering(accepted));
    const client = kddi.connect(testRoute({ baseUrl: `http://127.0.0.1:${server.port}` }), {
      routeName: "t",
      connections: 1,
    });
    await client.close();
    expect(await client.send([guideMessage])).toMatchObject([retry]);
  });
});

describe("a call that may have sent the message is unknown, and made once", () => {
  const cases: [label: string, end: (connection: RawConnection) => void | Promise<void>][] = [
    [
      "reset as soon as its first byte is there",
      async ({ socket }) => {
        await once(socket, "data");
        socket.resetAndDestroy();
      },
    ],
    [
      "closed after the whole request was read",
      async (connection) => {
        await connection.request();
        connection.socket.end();
      },
    ],
    [
      "reset after the whole request was read",
      async (connection) => {
        await connection.request();
        connection.socket.resetAndDestroy();
      },
    ],
    [
      "closed within the status line",
      async (connection) => {
        await connection.request();
        connection.write("HTTP/1.1 20");
        connection.socket.end();
      },
    ],
    [
      "closed within the headers",
      async (connection) => {
        await connection.request();
        connection.write("HTTP/1.1 202 Accepted\r\nContent-Le");
        connection.socket.end();
      },
    ],
    [
      "answered in something that is not HTTP",
      async (connection) => {
        await connection.request();
        connection.write("+OK POP3 ready\r\n");
      },
    ],
    ["never answered", async (connection) => void (await connection.request())],
    [
      "answered with an early hint only",
      async (connection) => {
        await connection.request();
        connection.write("HTTP/1.1 103 Early Hints\r\n\r\n");
      },
    ],
  ];

  test.each(cases)("%s", async (_, end) => {
    let requests = 0;
    await using server = await startRawServer((connection) => {
      requests++;
      return end(connection);
    });
    await using client = testClient(server.port, quick);
    const [outcome] = await client.send([guideMessage]);
    expect(outcome).toMatchObject({
      kind: "unknown",
      reason: expect.stringMatching(/^(?:reset-after-written|response-timeout)/),
    });
    await client.close();
    expect(requests).toBe(1);
  });

  // Whether the client has begun to write when the reset arrives is chance; what it may never do is take it for sent.
  test("reset at once is unknown, or known to be unwritten", async () => {
    await using server = await startRawServer(({ socket }) => void socket.resetAndDestroy());
    await using client = testClient(server.port);
    for (let count = 0; count < 20; count++) {
      const [outcome] = await client.send([guideMessage]);
      expect(outcome?.kind === "unknown" ? "reset-after-written" : outcome).toSatisfy(
        (seen) => seen === "reset-after-written" || seen.reason === "reset-before-written (ECONNRESET)",
      );
    }
    expect(server.connections()).toBe(20);
  });

  test("closed on a kept-alive connection, just as the next request arrives", async () => {
    let requests = 0;
    await using server = await startRawServer(async (connection) => {
      while ((await connection.request()) !== null) {
        requests++;
        if (requests === 1) connection.write(accepted);
        else connection.socket.resetAndDestroy();
      }
    });
    await using client = testClient(server.port, {}, 1);
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted" }]);
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "unknown" }]);
    await client.close();
    expect(requests).toBe(2);
  });
});

describe("a connection that the gateway closed while idle", () => {
  test("costs no message anything: the next one goes over a new connection", async () => {
    await using server = await startRawServer(async (connection) => {
      await connection.request();
      connection.write(accepted);
      connection.socket.end();
    });
    await using client = testClient(server.port, {}, 1);
    const kinds: string[] = [];
    for (let count = 0; count < 50; count++) kinds.push(...(await client.send([guideMessage])).map(({ kind }) => kind));
    expect(kinds).toEqual(Array.from({ length: 50 }, () => "accepted"));
    expect(server.connections()).toBe(50);
  });

  test("is given up a second before the time the gateway announced", async () => {
    await using server = await startRawServer(answering(httpAnswer(202, '{"msgId":"m"}', ["Keep-Alive: timeout=1"])));
    await using client = testClient(server.port, {}, 1);
    await client.send([guideMessage]);
    await client.send([guideMessage]);
    expect(server.connections()).toBe(2);
  });
});

describe("an answer that breaks off after its status", () => {
  const half = (status: number, body: string) => async (connection: RawConnection) => {
    await connection.request();
    connection.write(`HTTP/1.1 ${status} Any\r\nContent-Length: 5000\r\n\r\n${body}`);
    connection.socket.end();
  };

  test("2xx: accepted without an id, because the gateway has said that it took the message", async () => {
    await using server = await startRawServer(half(202, '{"smsmessage":{"msg'));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toMatchObject([
      { kind: "accepted", providerMessageId: null, alarm: expect.stringContaining("the answer broke off") },
    ]);
  });

  test("2xx with the whole JSON in what came: accepted with its id", async () => {
    await using server = await startRawServer(half(202, '{"smsmessage":{"msgId":"m"}}'));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted", providerMessageId: "m" }]);
  });

  test("2xx whose body never comes: accepted without an id when the time is up", async () => {
    await using server = await startRawServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\n{");
    });
    await using client = testClient(server.port, quick);
    expect(await client.send([guideMessage])).toMatchObject([
      { kind: "accepted", providerMessageId: null, alarm: expect.stringContaining("no answer in time") },
    ]);
  });

  test("a body that drips in slower than the response timeout is cut off", async () => {
    await using server = await startRawServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 202 Accepted\r\nContent-Length: 100000\r\n\r\n");
      const timer = setInterval(() => connection.write(" "), 20);
      connection.socket.on("close", () => clearInterval(timer));
    });
    await using client = testClient(server.port, quick);
    const startedAt = performance.now();
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted", providerMessageId: null }]);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test("other: the status decides", async () => {
    await using server = await startRawServer(half(400, "<html>"));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "rejected", httpStatus: 400 }]);
  });

  test("without end: the status decides as soon as maxBodyBytes are there", async () => {
    await using server = await startRawServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 500 Any\r\nTransfer-Encoding: chunked\r\n\r\n");
      const more = () => {
        if (connection.socket.writable) connection.socket.write(`1000\r\n${"x".repeat(4_096)}\r\n`, more);
      };
      more();
    });
    await using client = testClient(server.port, { maxBodyBytes: 1_024, responseTimeout: "1h" });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "retry", httpStatus: 500 }]);
  });
});

describe("TLS", () => {
  test("trusts the route's own authority besides the usual ones", async () => {
    await using server = await startRawServer(answering(accepted), serverTls);
    await using client = testClient(0, { baseUrl: `https://localhost:${server.port}/au`, tls: { caFile } });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted", providerMessageId: "m" }]);
  });

  test("goes on trusting the usual ones", () => {
    const usual = getCACertificates("default");
    const { ca = [] } = ownCertificates(caFile);
    expect(ca).toHaveLength(usual.length + 1);
    expect(ca).toEqual(expect.arrayContaining(usual));
  });

  test("a file without a certificate is refused by name when the client is opened", () => {
    const route = testRoute({ tls: { caFile: join(import.meta.dirname, "../README.md") } });
    expect(() => kddi.connect(route, { routeName: "t", connections: 1 })).toThrow(
      /tls\.caFile .*README\.md holds no certificate/,
    );
  });
});

describe("an outgoing proxy", () => {
  /** A proxy that tunnels to `target`, asks for `authorization`, and notes what it was asked. */
  function startProxy(target: number, asked: string[], refuseWith?: number) {
    return startRawServer(async (connection) => {
      const request = await connection.request();
      if (request === null) return;
      asked.push(request.toString("latin1"));
      if (refuseWith !== undefined) return connection.write(`HTTP/1.1 ${refuseWith} No\r\nContent-Length: 0\r\n\r\n`);
      const { connect } = await import("node:net");
      const upstream = connect(target, "127.0.0.1");
      upstream.on("error", () => connection.socket.destroy());
      connection.socket.on("close", () => upstream.destroy());
      connection.write("HTTP/1.1 200 OK\r\n\r\n");
      connection.socket.removeAllListeners("data");
      connection.socket.pipe(upstream).pipe(connection.socket);
    });
  }

  test("tunnels to the gateway with its own credentials, which the gateway never sees", async () => {
    const asked: string[] = [];
    const received: string[] = [];
    await using server = await startRawServer(answering(accepted, received), serverTls);
    await using proxy = await startProxy(server.port, asked);
    await using client = testClient(0, {
      baseUrl: `https://localhost:${server.port}/au`,
      tls: { caFile },
      proxy: `http://user:p%40ss@127.0.0.1:${proxy.port}`,
    });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted" }]);
    expect(asked[0]).toMatch(new RegExp(`^CONNECT localhost:${server.port} HTTP/1.1`));
    expect(asked[0]).toContain(`proxy-authorization: Basic ${Buffer.from("user:p@ss").toString("base64")}`);
    expect(received[0]).toMatch(/^POST \/au\/v1\//);
    expect(received[0]?.toLowerCase()).not.toContain("proxy-authorization");
  });

  test("tunnels for a gateway without TLS too", async () => {
    const asked: string[] = [];
    await using server = await startRawServer(answering(accepted));
    await using proxy = await startProxy(server.port, asked);
    await using client = testClient(server.port, { proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted" }]);
    expect(asked[0]).toMatch(/^CONNECT /);
  });

  test.each([403, 407, 502])("that answers %i has sent nothing", async (status) => {
    await using proxy = await startProxy(0, [], status);
    await using client = testClient(9, { proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "retry", cause: "unreachable" }]);
  });

  test("that never answers has sent nothing", async () => {
    await using proxy = await startRawServer(async (connection) => void (await connection.request()));
    await using client = testClient(9, { proxy: `http://127.0.0.1:${proxy.port}`, ...quick });
    expect(await client.send([guideMessage])).toMatchObject([
      { kind: "retry", reason: expect.stringMatching(/^connect-timeout/) },
    ]);
  });

  test("that nobody runs has sent nothing", async () => {
    await using client = testClient(9, { proxy: `http://127.0.0.1:${await closedPort()}` });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "retry", cause: "unreachable" }]);
  });
});
