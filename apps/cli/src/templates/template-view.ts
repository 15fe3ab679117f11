import type { TemplateFacts, TemplateRules } from "@hikyaku/core";
import type { CarrierTemplateRow } from "@hikyaku/ledger";

/** A template as `--json` prints it: the fields of the HTTP API. */
export interface TemplateView extends TemplateFacts {
  route: string;
  firstSeen: Date;
  changedAt: Date;
  /** As the carrier tells of it. */
  template: unknown;
}

export function templateView(row: CarrierTemplateRow, rules: TemplateRules): TemplateView {
  const { route, code, state, firstSeen, changedAt, template } = row;
  const facts = rules.templateFacts(template) ?? unreadable(code, state);
  return { route, ...facts, firstSeen, changedAt, template };
}

/** Written by a newer version that knows more. */
function unreadable(code: string, state: string): TemplateFacts {
  const why = `template ${code} can't be read by this version`;
  const actions = { send: why, edit: why, delete: why, inquire: why };
  const nothing = { name: null, channel: null, text: "", variables: [], buttons: [], comments: [] };
  return { code, state, means: "unknown", actions, ...nothing };
}
