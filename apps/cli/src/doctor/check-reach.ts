import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import {
  type ConnectionOptions,
  connect as connectTls,
  type DetailedPeerCertificate,
  rootCertificates,
} from "node:tls";
import { messageOf } from "../connection/use-ledger.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { openTunnel } from "./open-tunnel.ts";

const patienceMs = 10_000;
const soonDays = 21;

export interface ReachOptions {
  /** A PEM file trusted beside the usual roots. */
  caFile?: string | undefined;
  /** The way out, where it is not the direct one. */
  proxy?: string | undefined;
  /** Whether who runs the host admits registered source addresses only. */
  admitsByAddress?: boolean | undefined;
}

export interface Reach {
  findings: Finding[];
  /** The address this machine has on that connection; null when there was none. */
  leavesFrom: string | null;
}

/** Whether a host can be reached, and its certificate with the whole chain: trust, names, expiry. */
export async function checkReach(what: string, url: URL, options: ReachOptions): Promise<Reach> {
  const { proxy } = options;
  let socket: Socket;
  try {
    socket = await connect(url, proxy);
  } catch (error) {
    return { findings: [unreachable(what, url, messageOf(error), options)], leavesFrom: null };
  }
  const leavesFrom = socket.localAddress ?? null;
  try {
    const findings =
      url.protocol === "https:" ? await checkTls(what, url, { ...options, socket }) : checkPlain(what, url);
    return { findings, leavesFrom };
  } finally {
    socket.destroy();
  }
}

async function connect(url: URL, proxy: string | undefined): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  if (proxy !== undefined) return await openTunnel(proxy, { host, port, timeoutMs: patienceMs });
  return await new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, timeout: patienceMs });
    socket.once("connect", () => resolve(socket.setTimeout(0)));
    socket.once("timeout", () => socket.destroy(new Error("no connection in time")));
    socket.once("error", reject);
  });
}

function checkPlain(what: string, url: URL): Finding[] {
  if (isLocal(url.hostname)) return [ok(what, `${url.host} can be reached`)];
  const words = `${url.host} is called without TLS: numbers and texts can be read on the way`;
  return [warn(what, words, "Use an https:// URL.")];
}

async function checkTls(
  what: string,
  url: URL,
  { socket, caFile, ...way }: { socket: Socket } & ReachOptions,
): Promise<Finding[]> {
  let extra: string[] = [];
  try {
    if (caFile !== undefined) extra = [await readFile(caFile, "utf8")];
  } catch (error) {
    return [fail(what, `tls.caFile can't be read: ${messageOf(error)}`, "Name a PEM file.")];
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const shaken = await shakeHands({
    socket,
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ca: [...rootCertificates, ...extra],
  });
  if ("problem" in shaken) return [unreachable(what, url, shaken.problem, way)];
  const { chain, protocol, fault } = shaken;
  const days = Math.min(
    ...chain.map(({ valid_to: until }) => Math.floor((Date.parse(until) - Date.now()) / 86_400_000)),
  );
  const names = chain.map(({ subject }) => nameOf(subject)).join(" ← ");
  if (fault !== null) {
    const mend =
      days < 0
        ? "It has expired: who runs this host must renew it."
        : "Add the CA of this host by tls.caFile, or correct the URL; never turn the check off.";
    return [fail(what, `the certificate of ${url.host} is not trusted: ${fault} (${names})`, mend)];
  }
  const words = `${url.host} can be reached (${protocol}); certificate chain ${names}, valid for ${days} days`;
  return [days < soonDays ? warn(what, words, "Ask who runs this host when it is renewed.") : ok(what, words)];
}

type Shaken = { problem: string } | { chain: DetailedPeerCertificate[]; protocol: string | null; fault: string | null };

async function shakeHands(options: ConnectionOptions): Promise<Shaken> {
  return await new Promise((resolve) => {
    // The chain is judged in words, also one that is not trusted.
    const socket = connectTls({ ...options, rejectUnauthorized: false, timeout: patienceMs });
    const end = (found: Shaken) => {
      socket.destroy();
      resolve(found);
    };
    socket.once("secureConnect", () => {
      const fault = socket.authorized ? null : messageOf(socket.authorizationError ?? "not trusted");
      end({ chain: chainOf(socket.getPeerCertificate(true)), protocol: socket.getProtocol(), fault });
    });
    socket.once("timeout", () => end({ problem: "no TLS connection in time" }));
    socket.once("error", (error) => end({ problem: messageOf(error) }));
  });
}

/** From the host's own to the root, which names itself as its issuer. */
function chainOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain = [certificate];
  for (let next = certificate.issuerCertificate; next && !chain.includes(next); next = next.issuerCertificate) {
    if (chain.some(({ fingerprint256 }) => fingerprint256 === next.fingerprint256)) break;
    chain.push(next);
  }
  return chain;
}

function nameOf(subject: DetailedPeerCertificate["subject"] | undefined): string {
  const name = subject?.CN ?? subject?.O ?? "without a name";
  return Array.isArray(name) ? name.join(", ") : name;
}

function unreachable(what: string, url: URL, problem: string, { proxy, admitsByAddress }: ReachOptions): Finding {
  const direct = admitsByAddress
    ? "Check the URL, DNS and firewall, and that this machine leaves through the source address registered with the carrier."
    : "Check the URL, DNS and firewall.";
  const mend = proxy === undefined ? direct : "Check the URL, the proxy and what it lets through.";
  return fail(what, `${url.host} can't be reached: ${problem}`, mend);
}

export function isLocal(host: string): boolean {
  return host === "localhost" || host.startsWith("127.") || host === "[::1]" || !host.includes(".");
}
