import { inOrder, type SensTemplate, type TemplateButton } from "./template.ts";

export interface TemplateChange {
  /** e.g. `content` or `buttons[1].linkPc` */
  field: string;
  before: string | null;
  after: string | null;
}

const fields = [
  "templateName",
  "messageType",
  "emphasizeType",
  "content",
  "extraContent",
  "adContent",
  "emphasizeTitle",
  "emphasizeSubTitle",
  "templateInspectionStatus",
  "templateStatus",
] as const;
const buttonFields = ["type", "name", "linkMobile", "linkPc", "schemeIos", "schemeAndroid"] as const;

/** What became different in a template between two looks at it, e.g. since a campaign was written. Times and comments do not count. */
export function templateChanges(before: SensTemplate, after: SensTemplate): TemplateChange[] {
  const changes: TemplateChange[] = [];
  const compare = (field: string, one: string | undefined, other: string | undefined) => {
    // A field that is empty and one that is not named are the same to the carrier.
    if ((one ?? "") !== (other ?? "")) changes.push({ field, before: one ?? null, after: other ?? null });
  };
  for (const field of fields) compare(field, before[field], after[field]);
  const old = inOrder(before.buttons ?? []);
  const now = inOrder(after.buttons ?? []);
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    const one: Partial<TemplateButton> = old[index] ?? {};
    const other: Partial<TemplateButton> = now[index] ?? {};
    for (const field of buttonFields) compare(`buttons[${index}].${field}`, one[field], other[field]);
  }
  return changes;
}
