import type { AccountAnswer, ProviderRules, TemplateRules } from "@hikyaku/core";
import { type Ledger, noteAccountError, recordAccount, takeAccountRefresh } from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Questions } from "../poller/questions.ts";
import { type SignalledLoop, startSignalledLoop } from "../process/signalled-loop.ts";

export interface AccountMirrorDeps {
  readonly route: string;
  readonly ledger: Ledger;
  readonly rules: ProviderRules;
  readonly throttle: Pick<Throttle, "throttled">;
  readonly questions: Questions;
  /** How old the copy may become. */
  readonly everyMs: number;
  readonly log: Logger;
}

/** How soon somebody who asks for a fresh copy is noticed. */
const tickMs = 1_000;
/** An account with very many templates is some dozen calls. */
const leaseMs = 120_000;

/**
 * Keeps the ledger's copy of the carrier's channels and templates fresh: when somebody asks, and by itself. Any number of processes may
 * run one: one of them reads at a time. Null where the carrier has no templates.
 */
export function createAccountMirror(deps: AccountMirrorDeps): Pick<SignalledLoop, "close"> | null {
  const { ledger, route, everyMs, log } = deps;
  const { templates: rules } = deps.rules;
  if (rules === undefined) return null;
  const { sql } = ledger;

  const refresh = async (): Promise<void> => {
    if (!(await takeAccountRefresh(sql, { route, everyMs, leaseMs }))) return;
    const answer = await readAccount(deps);
    if (answer.kind !== "account") {
      await noteAccountError(sql, { route, error: answer.reason });
      log.warn({ reason: answer.reason }, "templates could not be read; the copy stays as it was");
      return;
    }
    const { added, moved, changed, removed } = await recordAccount(sql, { route, ...rowsOf(rules, answer) });
    for (const { code, from, to } of moved) log.info({ template: code, from, to }, "a template's inspection moved on");
    if (added.length + changed.length + removed.length > 0) {
      log.info({ added, changed, removed }, "the carrier's templates are others now");
    }
  };

  return startSignalledLoop({
    run: refresh,
    tickMs,
    onError: (err) => log.error({ err }, "reading the templates failed; trying again"),
  });
}

async function readAccount({ questions, throttle }: AccountMirrorDeps): Promise<AccountAnswer> {
  const put = await questions.put((client, turns) => client.readAccount?.(turns) ?? Promise.resolve(null));
  if (put === null) return { kind: "failed-check", reason: "there was no permit to ask with" };
  const { answer, startedAt } = put;
  if (answer === null) return { kind: "not-available", reason: "the carrier's client reads no templates" };
  if (answer.kind === "throttled") throttle.throttled(answer.retryAfterMs, startedAt);
  return answer;
}

function rowsOf(rules: TemplateRules, { templates, channels }: Extract<AccountAnswer, { kind: "account" }>) {
  return {
    templates: templates.flatMap((template) => {
      const facts = rules.templateFacts(template);
      return facts === null ? [] : [{ code: facts.code, state: facts.state, template }];
    }),
    channels: channels.flatMap((channel) => {
      const facts = rules.channelFacts(channel);
      return facts === null ? [] : [{ id: facts.id, channel }];
    }),
  };
}
