import { connectRedis } from "@hikyaku/queue";
import { messageOf, placeOf } from "../connection/use-ledger.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const what = "Redis";
const oldestMajor = 6;
const patienceMs = 3_000;

/** Reach, version, eviction and persistence of the queues' Redis. */
export async function checkRedis(url: string): Promise<Finding[]> {
  let lastError: unknown;
  const connections = connectRedis({
    url,
    name: "hikyaku-doctor",
    onError: (error) => {
      lastError = error;
    },
  });
  try {
    const redis = connections.open({
      maxRetriesPerRequest: 1,
      commandTimeout: patienceMs,
      connectTimeout: patienceMs,
      retryStrategy: () => null,
    });
    return readInfo(await redis.info(), url);
  } catch (error) {
    const mend = "Check REDIS_URL, and that the server runs and lets this machine in.";
    return [fail(what, `${placeOf(url)} can't be used: ${messageOf(lastError ?? error)}`, mend)];
  } finally {
    await connections.closeAll();
  }
}

/** Reads what `INFO` tells; managed services allow it where they refuse `CONFIG GET`. */
export function readInfo(info: string, url: string): Finding[] {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const version = field("valkey_version") || field("redis_version");
  const findings: Finding[] = [
    Number.parseInt(version, 10) < oldestMajor
      ? fail(what, `version ${version} at ${placeOf(url)}`, "Use Redis 6.2 or later, or Valkey.")
      : ok(what, `version ${version} at ${placeOf(url)}`),
  ];
  const policy = field("maxmemory_policy");
  findings.push(
    policy === "noeviction"
      ? ok(what, "noeviction: a full memory never drops a job")
      : fail(
          what,
          `maxmemory-policy is ${policy}: a full memory would drop jobs and permits`,
          "Set maxmemory-policy to noeviction.",
        ),
  );
  const isKept = field("aof_enabled") === "1";
  findings.push(
    isKept
      ? ok(what, "append-only file: jobs outlive a restart")
      : warn(
          what,
          "no append-only file: after a restart the queues are filled again from the ledger, which takes up to a minute",
          "Set appendonly yes.",
        ),
  );
  if (field("role") === "slave")
    findings.push(fail(what, "it is a replica and takes no writes", "Name the primary in REDIS_URL."));
  return findings;
}
