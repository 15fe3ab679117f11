import { type Config, type ConfigFault, formatFault, type RouteConfig } from "@hikyaku/config";
import { findProvider } from "@hikyaku/providers";
import { type Finding, fail, ok, warn } from "./finding.ts";

export function checkFaults(faults: readonly ConfigFault[]): Finding[] {
  return faults.map((fault) =>
    fail("configuration", formatFault(fault).replace(` ${fault.mend}.`, ""), `${fault.mend}.`),
  );
}

/** What is wrong with a configuration that can be read: what would go badly later. */
export function checkConfig(config: Config): Finding[] {
  const routes = Object.values(config.routes);
  const from = config.file === null ? "no file: defaults and environment" : config.file;
  const findings: Finding[] = [ok("configuration", `${from}; ${routes.length} routes`)];
  if (routes.length === 0) {
    findings.push(warn("configuration", "no routes, so nothing can be sent", "Add one under `routes:`."));
  }
  if (config.console.users.length === 0) {
    findings.push(
      warn(
        "console",
        "nobody may sign in, so /queues stays closed",
        "Add a user under `console.users` (`up` makes one by itself).",
      ),
    );
  }
  return [...findings, ...routes.flatMap(checkRoute)];
}

const shortestSecret = 16;

function checkRoute(route: RouteConfig): Finding[] {
  return [...checkSender(route), ...checkReceipts(route)];
}

function checkSender({ name, classRules }: RouteConfig): Finding[] {
  if (classRules.senderName !== null || (classRules.defaultClass ?? "advertising") !== "advertising") return [];
  return [
    warn(
      `route ${name}`,
      "no `sender.name`: advertising is refused, and a campaign that does not state its class is advertising",
      "Set `sender.name` to the company's official name, or `class` to what the route is for.",
    ),
  ];
}

function checkReceipts({ name, provider, hooks, receiptGraceMs }: RouteConfig): Finding[] {
  const what = `route ${name}`;
  if (!findProvider(provider).setUp.postsNotifications) {
    const words = "`hooks` do nothing here: this carrier posts no notifications, its results are asked for";
    return hooks === null ? [] : [warn(what, words, "Take `hooks` out of the route.")];
  }
  if (hooks === null) {
    return [
      warn(
        what,
        "no `hooks`: results are learnt by polling only, minutes later",
        "Add `hooks: { secret: … }` and give the carrier the URL.",
      ),
    ];
  }
  const findings: Finding[] = [];
  if (hooks.secret.length < shortestSecret) {
    findings.push(
      warn(
        what,
        `the hook secret has ${hooks.secret.length} characters: it could be guessed`,
        `Give it ${shortestSecret} or more, at random.`,
      ),
    );
  }
  if (receiptGraceMs < 60_000) {
    findings.push(
      warn(
        what,
        `the first status check comes ${receiptGraceMs / 1_000} s after acceptance, before the carrier's own retries are over`,
        "Leave `receiptGrace` at 5m outside of rehearsals.",
      ),
    );
  }
  return findings;
}
