import type { SensTemplate } from "./template.ts";

/**
 * The inspection states of a template and what the console allows in each (guide, templates; protocol notes §9.2). The pairing of the first
 * two with the console's words is inferred.
 */
export const inspectionStates = {
  ACCEPT: state("submitted for inspection", "検収リクエスト", { canDelete: true }, ["REGISTER"]),
  REGISTER: state("waiting for inspection", "検収待機中", { canDelete: true }, ["INSPECT"]),
  INSPECT: state("in inspection", "検収中", { canInquire: true }, ["COMPLETE", "REJECT"]),
  REJECT: state("returned", "検収下げ戻し", { canEdit: true, canDelete: true, canInquire: true }, ["REGISTER"]),
  COMPLETE: state("approved", "検収完了", { canSend: true }, []),
} as const;

export type InspectionState = keyof typeof inspectionStates;

export interface InspectionStateRules {
  /** Follows an "is". */
  readonly means: string;
  /** The console's word, Japanese. */
  readonly console: string;
  /** Text, name and buttons; never the channel or the code. Afterwards the template waits for inspection again. */
  readonly canEdit: boolean;
  /** For good; the code may be used again. */
  readonly canDelete: boolean;
  /** Question and answer with Kakao's inspector. */
  readonly canInquire: boolean;
  readonly canSend: boolean;
  readonly next: readonly string[];
}

function state(
  means: string,
  word: string,
  allowed: Partial<Pick<InspectionStateRules, "canEdit" | "canDelete" | "canInquire" | "canSend">>,
  next: readonly string[],
): InspectionStateRules {
  const nothing = { canEdit: false, canDelete: false, canInquire: false, canSend: false };
  return { means, console: word, ...nothing, ...allowed, next };
}

/** The rules of a state by the carrier's word; undefined for one nobody knows. */
export function inspectionStateOf(word: string | undefined): InspectionStateRules | undefined {
  return word !== undefined && Object.hasOwn(inspectionStates, word)
    ? inspectionStates[word as InspectionState]
    : undefined;
}

export type TemplateAction = "edit" | "delete" | "inquire" | "send";

/** Why the console would not let this be done to a template, or null. */
export function templateActionFault(template: SensTemplate, action: TemplateAction): string | null {
  const { templateCode, templateInspectionStatus: word } = template;
  const rules = inspectionStateOf(word);
  if (rules === undefined)
    return `template ${templateCode} is in a state nobody knows (${word ?? "none named"}); look at it in the console`;
  const isAllowed = { edit: rules.canEdit, delete: rules.canDelete, inquire: rules.canInquire, send: rules.canSend }[
    action
  ];
  if (isAllowed) return null;
  const wanted = Object.values(inspectionStates).filter(
    (each) => ({ edit: each.canEdit, delete: each.canDelete, inquire: each.canInquire, send: each.canSend })[action],
  );
  const words = oneOf.format(wanted.map(({ means }) => means));
  return `template ${templateCode} is ${rules.means} (${word}); only templates that are ${words} can be ${pastTense[action]}`;
}

const oneOf = new Intl.ListFormat("en", { type: "disjunction" });

const pastTense = { edit: "edited", delete: "deleted", inquire: "asked about", send: "sent by" } as const;

/** Why nothing can be sent by a template: not approved, or stopped. Empty when it can, or when the carrier named no state. */
export function templateFaults(template: SensTemplate): string[] {
  const { templateCode, templateInspectionStatus, templateStatus } = template;
  const inspection = templateInspectionStatus === undefined ? null : templateActionFault(template, "send");
  const stopped =
    templateStatus === undefined || templateStatus === "ACTIVE"
      ? null
      : `template ${templateCode} is ${templateStatus}, not ACTIVE; use another or ask in the console why`;
  return [inspection, stopped].filter((fault) => fault !== null);
}

/** What an edit must leave as it is (guide, editing a template). */
export function editFaults(before: SensTemplate, after: SensTemplate): string[] {
  const fixed = [
    ["templateCode", "the code"],
    ["channelId", "the channel"],
  ] as const;
  return fixed.flatMap(([field, words]) =>
    before[field] === after[field] ? [] : [`${words} of a template can't be changed; register a new template`],
  );
}

/** The state after an edit: it waits for inspection again. */
export const stateAfterEdit: InspectionState = "REGISTER";
