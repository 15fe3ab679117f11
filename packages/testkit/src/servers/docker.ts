import { existsSync } from "node:fs";
import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StackError } from "../errors.ts";
import { freePort } from "../free-port.ts";
import type { Server } from "./server.ts";

/** What to run in a container. */
export interface ContainerPlan {
  /** "PostgreSQL" or "Redis", for messages. */
  name: string;
  image: string;
  containerPort: number;
  command: string[];
  environment?: Record<string, string>;
  files?: Array<{ content: string; target: string }>;
  /** A folder of this machine that holds the data, and where the image wants it. */
  data?: { folder: string; target: string } | undefined;
  probe(host: string, port: number): Promise<void>;
}

const engineTimeoutMs = 1_500;
const startTimeoutMs = 60_000;
/** Marks containers with the data folder they work on. */
const folderLabel = "hikyaku.data-folder";

/**
 * Whether a Docker engine answers, in at most 1.5 s. The `docker` command does not count: it is often there without
 * an engine, and may wait for one for ever.
 */
export async function dockerAnswers(env: NodeJS.ProcessEnv, home = homedir()): Promise<boolean> {
  const answers = await Promise.all(engineAddresses(env, home).map(ping));
  return answers.includes(true);
}

/** Where testcontainers looks for an engine. */
function engineAddresses(
  env: NodeJS.ProcessEnv,
  home: string,
): Array<{ socketPath: string } | { host: string; port: string }> {
  if (env.DOCKER_HOST) {
    const url = URL.canParse(env.DOCKER_HOST) ? new URL(env.DOCKER_HOST) : undefined;
    if (url === undefined) return [];
    return [url.hostname === "" ? { socketPath: url.pathname } : { host: url.hostname, port: url.port || "2375" }];
  }
  return [
    "/var/run/docker.sock",
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "docker.sock")] : []),
    join(home, ".docker", "run", "docker.sock"),
    join(home, ".docker", "desktop", "docker.sock"),
    `/run/user/${process.getuid?.()}/docker.sock`,
  ]
    .filter((socketPath) => existsSync(socketPath))
    .map((socketPath) => ({ socketPath }));
}

function ping(address: { socketPath: string } | { host: string; port: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ ...address, path: "/_ping", signal: AbortSignal.timeout(engineTimeoutMs) }, (response) => {
      response.resume();
      // An engine that speaks TLS only answers 400 here, which is an answer.
      resolve(response.statusCode !== undefined);
    });
    call.on("error", () => resolve(false));
    call.end();
  });
}

/**
 * Runs a container through testcontainers, whose reaper removes it also after a crash of this process.
 * @param port tried first on the host's side
 */
export async function runInDocker(plan: ContainerPlan, port?: number): Promise<Server> {
  const { GenericContainer, getContainerRuntimeClient } = await import("testcontainers");
  const client = await getContainerRuntimeClient();
  const isLocal = ["localhost", "127.0.0.1", "::1"].includes(client.info.containerRuntime.host);

  class LoopbackContainer extends GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      // Published to the whole network otherwise. An engine elsewhere has to be reached from here.
      for (const bindings of Object.values(this.hostConfig.PortBindings ?? {})) {
        for (const binding of isLocal && Array.isArray(bindings) ? bindings : []) binding.HostIp = "127.0.0.1";
      }
    }
  }

  if (plan.data !== undefined) {
    // The reaper of a killed run may be some seconds late, and two servers must never share their data.
    const left = await client.container.fetchByLabel(folderLabel, plan.data.folder);
    if (left !== undefined) await left.remove({ force: true });
  }
  for (let attempt = 1; ; attempt++) {
    const hostPort = await freePort(attempt === 1 ? port : undefined);
    const container = new LoopbackContainer(plan.image)
      .withExposedPorts({ container: plan.containerPort, host: hostPort })
      .withEnvironment(plan.environment ?? {})
      .withCommand(plan.command)
      .withCopyContentToContainer((plan.files ?? []).map((file) => ({ ...file, mode: 0o644 })))
      .withStartupTimeout(startTimeoutMs);
    if (plan.data !== undefined) {
      container.withBindMounts([{ source: plan.data.folder, target: plan.data.target }]);
      container.withLabels({ [folderLabel]: plan.data.folder });
    }
    try {
      const started = await container.start();
      const host = started.getHost() === "localhost" ? "127.0.0.1" : started.getHost();
      // The library's own handle cannot start what it has stopped.
      const handle = client.container.getById(started.getId());
      await answers(plan, host, hostPort);
      return {
        host,
        port: hostPort,
        stop: () => quietly(handle.stop({ t: 20 })),
        async kill() {
          await quietly(handle.kill());
          // A start that comes before the end would be answered "it runs already".
          await handle.wait();
        },
        async start() {
          await quietly(handle.start());
          await answers(plan, host, hostPort);
        },
        remove: async () => void (await started.stop({ timeout: 10_000 })),
      };
    } catch (error) {
      const isRace = /port is already allocated|address already in use/i.test(String(error));
      if (!isRace || attempt === 10) throw error;
    }
  }
}

async function answers(plan: ContainerPlan, host: string, port: number): Promise<void> {
  let last: unknown;
  for (const until = performance.now() + startTimeoutMs; performance.now() < until; await delay(50)) {
    try {
      return await plan.probe(host, port);
    } catch (error) {
      last = error;
    }
  }
  throw new StackError("start-failed", `${plan.name} in Docker (${plan.image}) does not answer`, { cause: last });
}

/** 304 and 409 say that the container is already as it was asked to be. */
async function quietly(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
    if (status !== 304 && status !== 409) throw error;
  }
}
