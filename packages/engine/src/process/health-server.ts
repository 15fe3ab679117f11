import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "../observing/create-metrics.ts";

/** A named fact that must hold for the process to be ready; answers what is wrong, or null. */
export type ReadyCheck = { readonly name: string; readonly check: () => Promise<string | null> };

const checkTimeoutMs = 2_000;

/**
 * `/healthz` (the process lives), `/readyz` (it can do its work; 503 names what is missing) and `/metrics` (Prometheus),
 * the same in every app.
 */
export async function answerHealth(
  path: string,
  deps: { metrics: Metrics; ready: readonly ReadyCheck[]; beforeScrape?: () => Promise<void> },
): Promise<{ status: number; type: string; body: string } | null> {
  if (path === "/healthz") return { status: 200, type: "application/json", body: '{"status":"ok"}' };
  if (path === "/readyz") {
    const results = await Promise.all(
      deps.ready.map(async (fact) => ({ name: fact.name, fault: await withTimeout(fact) })),
    );
    const ok = results.every((result) => result.fault === null);
    const body = JSON.stringify({
      status: ok ? "ready" : "not ready",
      checks: Object.fromEntries(results.map((result) => [result.name, result.fault ?? "ok"])),
    });
    return { status: ok ? 200 : 503, type: "application/json", body };
  }
  if (path === "/metrics") {
    await deps.beforeScrape?.();
    return { status: 200, type: deps.metrics.registry.contentType, body: await deps.metrics.registry.metrics() };
  }
  return null;
}

async function withTimeout(fact: ReadyCheck): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${checkTimeoutMs} ms`), checkTimeoutMs);
  });
  try {
    return await Promise.race([fact.check(), late]);
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  } finally {
    clearTimeout(timer);
  }
}

/** Serves only the health paths, for processes that have no HTTP of their own. */
export async function startHealthServer(
  deps: { metrics: Metrics; ready: readonly ReadyCheck[]; beforeScrape?: () => Promise<void> },
  address: { port: number; host: string },
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    answerHealth(path, deps).then(
      (answer) => {
        if (answer) response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
        else
          response
            .writeHead(404, { "content-type": "text/plain" })
            .end("Not found. Try /healthz, /readyz or /metrics.\n");
      },
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host === "0.0.0.0" ? "127.0.0.1" : address.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
