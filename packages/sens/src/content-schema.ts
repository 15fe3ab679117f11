import type { ContentIssue } from "@hikyaku/core";
import * as z from "zod";
import { buttonSchema, maxButtons } from "./buttons.ts";
import { isReserveTime, isTimeZone } from "./reserve-time.ts";
import { templateSchema } from "./template.ts";

const text = (what: string) => z.string(`expected ${what}, a text`);
const row = (what: string) =>
  z.strictObject(
    { title: text(`the title of ${what}`), description: text(`the description of ${what}`) },
    `expected title and description of ${what}`,
  );

/** Sent by the carrier at that time (protocol notes §10.1); not to be mixed up with our own scheduled start. */
const reserveSchema = z.strictObject({
  time: text("YYYY-MM-DD HH:mm").refine(isReserveTime, "expected YYYY-MM-DD HH:mm, e.g. 2026-12-24 09:00"),
  timeZone: text("an IANA time zone")
    .refine(isTimeZone, "expected an IANA time zone such as Asia/Seoul")
    .prefault("Asia/Seoul"),
});

/** The SMS that goes out in place of an AlimTalk that did not arrive (protocol notes §12). */
const failoverSchema = z.strictObject({
  text: text("the SMS text").optional(),
  /** LMS only. */
  subject: text("the subject").optional(),
  type: z.enum(["SMS", "LMS"], "expected SMS or LMS").optional(),
  from: text("a sender number in quotes").optional(),
});

/**
 * What one campaign or single message says, by AlimTalk. The words are the protocol's (§5.1), except `text` for the finished text, as on
 * every route, and `failover`, which becomes `useSmsFailover` and `failoverConfig`. Every text may hold `#{name}`.
 */
export const contentSchema = z.strictObject(
  {
    templateCode: text("the code of an approved template").min(1, "expected the code of an approved template"),
    text: text("the text of the message"),
    title: text("the emphasized title").optional(),
    headerContent: text("the header").optional(),
    itemHighlight: row("the highlight").optional(),
    item: z
      .strictObject(
        {
          list: z
            .array(row("the item"), "expected a list of 2 to 10 items")
            .min(2, "expected 2 to 10 items")
            .max(10, "expected 2 to 10 items"),
          summary: row("the summary").optional(),
        },
        "expected a list of items, and a summary if there is one",
      )
      .optional(),
    buttons: z
      .array(buttonSchema, "expected a list of buttons")
      .max(maxButtons, `expected at most ${maxButtons} buttons`)
      .optional(),
    /** false, the default: no SMS. true: the text of the AlimTalk. Always sent explicitly, since the channel's own default may cost. */
    failover: z
      .union([z.boolean(), failoverSchema], "expected true, false, or text, subject, type, from")
      .prefault(false),
    /** Sent by the carrier at that time (protocol notes §10.1); not to be mixed up with our own scheduled start. */
    reserve: reserveSchema.optional(),
    /** The template as it was when the content was written: every message is compared with it before it is sent. */
    template: templateSchema.optional(),
  },
  "expected a mapping with templateCode and text",
);

export type AlimtalkContent = z.output<typeof contentSchema>;

/** `content.buttons[1].linkPc` */
function contentPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (whole, step) => (typeof step === "number" ? `${whole}[${step}]` : `${whole}.${String(step)}`),
    "content",
  );
}

/** What is wrong with the shape of a content, one issue a place. */
export function shapeIssues(issue: z.core.$ZodIssue): ContentIssue[] {
  const path = contentPath(issue.path);
  if (issue.code === "invalid_union") {
    // The form that was meant is the one whose fault lies deeper than "it is not of this form".
    const meant = issue.errors.find((errors) =>
      errors.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
    );
    if (meant) return meant.flatMap((inner) => shapeIssues({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      level: "error",
      code: "unknown-field",
      message: `there is no such field here; remove ${key} or mend its spelling`,
    }));
  }
  return [{ path, level: "error", code: "wrong-shape", message: issue.message }];
}
