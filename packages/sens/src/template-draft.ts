import type { ContentIssue } from "@hikyaku/core";
import * as z from "zod";
import { isObject } from "./json.ts";
import type { SensTemplate } from "./template.ts";

const text = z.string("expected a text").optional();

/** The fields that the console asks for (guide, templates; protocol notes §9.1, §9.3). */
const draftSchema = z.strictObject({
  channelId: text,
  templateCode: z.string("expected the template's code, a text in quotes").default(""),
  templateName: text,
  categoryCode: text,
  categoryName: text,
  messageType: text,
  emphasizeType: text,
  content: z.string("expected the template's text").default(""),
  extraContent: text,
  adContent: text,
  emphasizeTitle: text,
  emphasizeSubTitle: text,
  securityFlag: z.boolean("expected true or false").optional(),
  buttons: z
    .array(
      z.strictObject(
        {
          order: z.int("expected a whole number").optional(),
          type: z.string("expected the kind of the button: DS, WL, AL, BK, MD or AC"),
          name: z.string("expected the button's name, a text"),
          linkMobile: text,
          linkPc: text,
          schemeIos: text,
          schemeAndroid: text,
        },
        "expected a button with type and name",
      ),
      "expected a list of buttons",
    )
    .optional(),
  // Of a template that came from the carrier; nothing that is registered.
  comments: z.unknown().optional(),
  templateInspectionStatus: z.unknown().optional(),
  templateStatus: z.unknown().optional(),
  createTime: z.unknown().optional(),
  updateTime: z.unknown().optional(),
});

/**
 * A template as somebody wrote it into a file. Stricter than one of the carrier's: there a field nobody knows is news, here it is a slip
 * (`linkPC`), and its value would be missing from what is registered.
 */
export function readTemplateDraft(
  value: unknown,
): { template: SensTemplate; slips: ContentIssue[] } | { issues: ContentIssue[] } {
  const issue = (path: readonly PropertyKey[], code: string, message: string): ContentIssue => ({
    path: path.reduce<string>(
      (whole, step) => whole + (typeof step === "number" ? `[${step}]` : `.${String(step)}`),
      "template",
    ),
    level: "error",
    code,
    message,
  });
  if (!isObject(value)) {
    return { issues: [issue([], "wrong-shape", "expected a mapping with templateCode, templateName and content")] };
  }
  const parsed = draftSchema.safeParse(value);
  if (parsed.success) return { template: asTemplate(parsed.data), slips: [] };
  const slips = parsed.error.issues.flatMap((found) =>
    found.code === "unrecognized_keys"
      ? found.keys.map((key) =>
          issue([...found.path, key], "unknown-field", `there is no such field; remove ${key} or mend its spelling`),
        )
      : [],
  );
  const wrong = parsed.error.issues.filter(({ code }) => code !== "unrecognized_keys");
  if (wrong.length > 0) {
    return { issues: [...wrong.map(({ path, message }) => issue(path, "wrong-shape", message)), ...slips] };
  }
  const mended = draftSchema.parse(withoutSlips(value));
  return { template: asTemplate(mended), slips };
}

function asTemplate({
  comments: _,
  createTime: __,
  updateTime: ___,
  ...fields
}: z.output<typeof draftSchema>): SensTemplate {
  const { templateInspectionStatus: ____, templateStatus: _____, ...template } = fields;
  return template;
}

/** The draft with the fields that there are, so that the rest of it is checked too. */
function withoutSlips(value: Readonly<Record<string, unknown>>): unknown {
  const known = Object.keys(draftSchema.shape);
  const { buttons } = value;
  const kept = Object.fromEntries(Object.entries(value).filter(([key]) => known.includes(key)));
  if (!Array.isArray(buttons)) return kept;
  return { ...kept, buttons: buttons.map((button) => (isObject(button) ? pick(button, buttonFields) : button)) };
}

const buttonFields = ["order", "type", "name", "linkMobile", "linkPc", "schemeIos", "schemeAndroid"];

function pick(value: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}
