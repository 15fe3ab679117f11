import * as z from "zod";
import { isObject } from "./json.ts";

/** A field that a template may have or not; of another type than documented it counts as absent. */
const optionalText = z.string().optional().catch(undefined);

/** A button of a template. Its kind is left open: the carrier may have more kinds than the protocol knows. */
const templateButton = z.object({
  order: z.number().optional().catch(undefined),
  type: z.string(),
  name: z.string(),
  linkMobile: optionalText,
  linkPc: optionalText,
  schemeIos: optionalText,
  schemeAndroid: optionalText,
});

const comment = z.object({
  commentId: z.union([z.string(), z.number()]).optional().catch(undefined),
  content: optionalText,
  status: optionalText,
  createTime: optionalText,
});

/**
 * A template as the carrier tells of it (protocol notes §9.1). Read tolerantly: only the code and the text are needed to send by it.
 * Fields nobody knows are dropped.
 */
export const templateSchema = z.object({
  channelId: optionalText,
  templateCode: z.string().min(1),
  templateName: optionalText,
  categoryCode: optionalText,
  categoryName: optionalText,
  messageType: optionalText,
  emphasizeType: optionalText,
  content: z.string(),
  extraContent: optionalText,
  adContent: optionalText,
  emphasizeTitle: optionalText,
  emphasizeSubTitle: optionalText,
  securityFlag: z.boolean().optional().catch(undefined),
  comments: z.array(comment).optional().catch(undefined),
  templateInspectionStatus: optionalText,
  templateStatus: optionalText,
  buttons: z.array(templateButton).optional().catch(undefined),
  createTime: optionalText,
  updateTime: optionalText,
});

export type SensTemplate = z.output<typeof templateSchema>;
export type TemplateButton = z.output<typeof templateButton>;

/** One entry of the carrier's list; undefined when it is no template. Buttons come in their own order. */
export function readTemplate(value: unknown): SensTemplate | undefined {
  // null stands for a field that isn't set.
  const given = isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
    : value;
  const read = templateSchema.safeParse(given);
  if (!read.success) return undefined;
  return read.data.buttons === undefined ? read.data : { ...read.data, buttons: inOrder(read.data.buttons) };
}

/** Buttons by their `order`, where all of them name one. */
export function inOrder(buttons: readonly TemplateButton[]): TemplateButton[] {
  const isNumbered = buttons.every(({ order }) => order !== undefined);
  return isNumbered ? [...buttons].sort((one, other) => (one.order ?? 0) - (other.order ?? 0)) : [...buttons];
}
