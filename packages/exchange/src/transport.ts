import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { type Dispatcher, Pool, ProxyAgent } from "undici";
import type { TransportSettings } from "./transport-settings.ts";

type TransportConfig = Pick<TransportSettings, "tls" | "proxy" | "connectTimeoutMs"> & { baseUrl: string };

/**
 * The connections of one client. One request at a time on each, HTTP/1.1, kept open between requests, TLS 1.2 or newer with
 * the usual roots plus the route's own file (no pinning: protocol notes §2.2). Nothing here repeats a request: undici sends again only
 * what it has not begun to write.
 */
export function createTransport(config: TransportConfig, connections: number): Dispatcher {
  const { connectTimeoutMs } = config;
  const secure = { minVersion: "TLSv1.2", ...ownCertificates(config.tls.caFile) } as const;
  const options: Pool.Options = {
    connections,
    pipelining: 1,
    allowH2: false,
    // The exchange keeps its own, exact clock over the whole answer.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A connection the gateway closes just as we write on it makes an outcome nobody can know. So idle ones are dropped early,
    // and always a second before the moment that the gateway itself announces.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
    keepAliveTimeoutThreshold: 1_000,
  };
  if (config.proxy === undefined) {
    // A pool also for one connection: it gives it the next request a turn of the event loop after an answer, so that an end which comes
    // right behind the answer is seen before anything is written. A client by itself would write, and nobody could know what came of it.
    return new Pool(new URL(config.baseUrl).origin, { ...options, connect: { ...secure, timeout: connectTimeoutMs } });
  }
  return new ProxyAgent({
    ...options,
    uri: config.proxy,
    // A tunnel for http:// too: then a proxy's own answer can never pass for the gateway's.
    proxyTunnel: true,
    connectTimeout: connectTimeoutMs,
    requestTls: secure,
    proxyTls: secure,
    clientFactory: (origin, proxyOptions) =>
      new Pool(origin, { ...proxyOptions, allowH2: false, headersTimeout: connectTimeoutMs }),
  });
}

/** The route's own authorities in addition to those that are trusted anyway: naming one alone would distrust all others. */
export function ownCertificates(caFile: string | undefined): { ca?: string[] } {
  if (caFile === undefined) return {};
  return { ca: [...tls.getCACertificates("default"), readPem(caFile)] };
}

function readPem(file: string): string {
  const pem = readFileSync(file, "utf8");
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw new TypeError(`tls.caFile ${file} holds no certificate; name a PEM file with -----BEGIN CERTIFICATE-----`);
  }
  return pem;
}
