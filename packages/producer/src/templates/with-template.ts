import type { ContentIssue, PreparedContent, ProviderRules, TemplateChange } from "@hikyaku/core";
import { findAccount, findTemplate, listTemplates, type Sql } from "@hikyaku/ledger";
import type { Fault } from "../errors/hikyaku-error.ts";
import { InvalidContentError } from "../errors/request-errors.ts";
import { prepareContent } from "../routes/prepare-content.ts";

export interface TemplateCheckInput {
  route: string;
  rules: ProviderRules;
  prepared: PreparedContent;
  /** What the content is called in the request. Default `content`. */
  path?: "content" | "fallbackContent";
}

/**
 * Compares a content with the template it is sent by, as the account last had it: it must be there, be approved, and be what it was when
 * the content was written. The answer carries a copy of it, so that every finished message is compared to the character, and so that a
 * later look can tell what changed since. A content of a carrier without templates comes back as it is.
 *
 * @throws InvalidContentError saying which state the template is in, or what is different now
 */
export async function withTemplate(sql: Sql, input: TemplateCheckInput): Promise<PreparedContent> {
  const { route, rules, prepared, path = "content" } = input;
  const { templates } = rules;
  const used = templates?.usedBy(prepared.content) ?? null;
  if (templates === undefined || used === null) return prepared;
  const [account, found] = await Promise.all([
    findAccount(sql, { route }),
    findTemplate(sql, { route, code: used.code }),
  ]);
  if (account === null || account.refreshedAt === null)
    return withWarning(prepared, notRead(path, account?.error ?? null));
  const asOf = `as of ${account.refreshedAt.toISOString()}`;
  if (found === null) {
    const known = (await listTemplates(sql, { route })).map(({ code }) => code);
    throw refuse(`${path}.templateCode`, "template-unknown", `${unknownTemplate(used.code, known)} (${asOf})`);
  }
  const state = templates.templateFacts(found.template)?.actions.send ?? null;
  if (state !== null) throw refuse(`${path}.templateCode`, "template-not-usable", `${state} (${asOf})`);
  if (used.copy === null) {
    return prepareContent(rules, templates.withCopy(prepared.content as Record<string, unknown>, found.template), path);
  }
  const changes = templates.changes(used.copy, found.template);
  if (changes.length === 0) return prepared;
  const what = `template ${used.code} has changed since this was written (${asOf})`;
  throw new InvalidContentError(changes.map((change) => changeFault(path, change, what)));
}

/** What the comparison has to say; what the content itself has was told when it was written. */
export function newWarnings(before: PreparedContent, after: PreparedContent): ContentIssue[] {
  return after.warnings.filter(({ code }) => !before.warnings.some((known) => known.code === code));
}

function notRead(path: string, error: string | null): ContentIssue {
  const why = error === null ? "the account's templates were not read yet" : `its templates can't be read: ${error}`;
  const message = `it could not be checked whether the template is approved: ${why}. A poller reads them; see: hikyaku template list`;
  return { path: `${path}.templateCode`, level: "warning", code: "template-unchecked", message };
}

function withWarning(prepared: PreparedContent, warning: ContentIssue): PreparedContent {
  return { ...prepared, warnings: [...prepared.warnings, warning] };
}

const codesShown = 10;

function unknownTemplate(code: string, known: readonly string[]): string {
  const some = known.slice(0, codesShown).join(", ");
  const rest = known.length > codesShown ? ` and ${known.length - codesShown} more` : "";
  const named = known.length === 0 ? "it has none" : `it has ${some}${rest}`;
  return `the channel has no template ${code}, ${named}; one that was just registered is known after: hikyaku template refresh`;
}

function refuse(path: string, code: string, message: string): InvalidContentError {
  return new InvalidContentError([{ path, code, message }]);
}

function changeFault(path: string, { field, before, after }: TemplateChange, what: string): Fault {
  const shown = (text: string | null) => (text === null ? "nothing" : `“${text.replaceAll("\n", "⏎")}”`);
  const message = `${what}: it was ${shown(before)} and is ${shown(after)}; write the content anew from the template`;
  return { path: `${path}.template.${field}`, code: "template-changed", message };
}
