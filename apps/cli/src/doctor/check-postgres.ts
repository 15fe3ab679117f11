import { connectLedger, listRoutes, operatorFigures, type Sql, schemaVersion } from "@hikyaku/ledger";
import { messageOf, placeOf } from "../connection/use-ledger.ts";
import { count, lengthOfTime, moment } from "../output/format.ts";
import { checkClock } from "./check-clock.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const what = "PostgreSQL";
const oldestMajor = 14;
/** Sending that stands still for so long deserves a look. */
const longWaitSeconds = 3_600;

/** Reach, version, durability, clock and schema of the ledger, and what waits in it. */
export async function checkPostgres(url: string, routeNames: readonly string[]): Promise<Finding[]> {
  const ledger = connectLedger(url, { max: 1, applicationName: "hikyaku-doctor" });
  const { sql } = ledger;
  try {
    const [server] = await sql<{ version: string; major: number; fsync: string; commits: string; now: Date }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
             current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits, clock_timestamp() as now`;
    if (server === undefined) throw new Error("it answers nothing");
    const findings: Finding[] = [
      server.major < oldestMajor
        ? fail(what, `version ${server.version} at ${placeOf(url)}`, `Use version ${oldestMajor} or later.`)
        : ok(what, `version ${server.version} at ${placeOf(url)}`),
    ];
    if (server.fsync === "off" || server.commits === "off") {
      findings.push(
        warn(
          what,
          "it does not wait for its disk (fsync or synchronous_commit is off): a power cut may lose what was sent",
          "Turn both on outside of tests.",
        ),
      );
    }
    findings.push(...checkClock(what, server.now), ...(await checkSchema(sql, routeNames)));
    return findings;
  } catch (error) {
    return [
      fail(
        what,
        `${placeOf(url)} can't be used: ${messageOf(error)}`,
        "Check DATABASE_URL, and that the server runs and lets this machine in.",
      ),
    ];
  } finally {
    await ledger.close();
  }
}

async function checkSchema(sql: Sql, routeNames: readonly string[]): Promise<Finding[]> {
  const { current, expected } = await schemaVersion(sql);
  if (current < expected)
    return [fail("ledger", `schema version ${current}, this program needs ${expected}`, "Run `hikyaku migrate`.")];
  const [published, figures] = await Promise.all([listRoutes(sql), operatorFigures(sql)]);
  const findings: Finding[] = [
    current === expected
      ? ok("ledger", `schema version ${current}`)
      : warn(
          "ledger",
          `schema version ${current}, this program is of version ${expected}`,
          "Replace every program by the newer one that migrated it.",
        ),
  ];
  for (const name of routeNames) {
    const route = published.find((each) => each.name === name);
    if (route === undefined) {
      findings.push(
        warn(`route ${name}`, "no worker has started with it yet", "Start a worker: it makes the route known."),
      );
    } else if (route.heldAt !== null) {
      const mend = "Mend the cause; it is probed and resumes by itself, or release it by `hikyaku route release`.";
      findings.push(
        fail(`route ${name}`, `held since ${moment(route.heldAt)}: ${route.heldCause}, ${route.heldReason}`, mend),
      );
    }
  }
  for (const figure of figures) {
    if (figure.oldestQueuedSeconds > longWaitSeconds) {
      const waiting = `${count(figure.queued)} messages wait, the oldest for ${lengthOfTime(figure.oldestQueuedSeconds * 1_000)}`;
      findings.push(
        warn(`route ${figure.route}`, waiting, "See that a worker runs, and the delivery windows of its campaigns."),
      );
    }
    if (figure.unknown > 0) {
      findings.push(
        warn(
          `route ${figure.route}`,
          `${count(figure.unknown)} messages of unknown outcome`,
          "Decide about them: `hikyaku unknown list`.",
        ),
      );
    }
  }
  return findings;
}
