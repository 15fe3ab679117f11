import * as z from "zod";

/** `채널 추가`, the only name an AC button may have (protocol notes §5.1). */
export const addChannelName = "채널 추가";

/** The kinds of button, what each needs, and whether the console offers it when a template is registered (protocol notes §5.1, §9.3). */
export const buttonKinds = {
  DS: { means: "delivery tracking", links: [], inConsole: true },
  WL: { means: "web link", links: ["linkMobile", "linkPc"], inConsole: true },
  AL: { means: "app link", links: ["schemeIos", "schemeAndroid"], inConsole: true },
  BK: { means: "bot keyword", links: [], inConsole: true },
  MD: { means: "message forward", links: [], inConsole: true },
  AC: { means: "add channel", links: [], inConsole: false },
} as const satisfies Record<string, { means: string; links: readonly ButtonLink[]; inConsole: boolean }>;

export type ButtonType = keyof typeof buttonKinds;
export type ButtonLink = "linkMobile" | "linkPc" | "schemeIos" | "schemeAndroid";

/** In the order of the protocol's tables. */
export const buttonLinks: readonly ButtonLink[] = ["linkMobile", "linkPc", "schemeIos", "schemeAndroid"];

/** A button as it is sent; `type` decides which links it has. */
export interface Button {
  type: ButtonType;
  name: string;
  linkMobile?: string | undefined;
  linkPc?: string | undefined;
  schemeIos?: string | undefined;
  schemeAndroid?: string | undefined;
}

const name = z.string("expected the button's name, a text");
const link = (what: string) => z.string(`expected ${what}, a text`);

/** A button of a content, strict: a field that its kind does not have is a slip (`linkPC` would silently be no link). */
export const buttonSchema = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("DS"), name }),
    z.strictObject({
      type: z.literal("WL"),
      name,
      linkMobile: link("the link on phones"),
      linkPc: link("the link on PCs (SENS wants both)"),
    }),
    z.strictObject({
      type: z.literal("AL"),
      name,
      schemeIos: link("the custom scheme of the iOS app"),
      schemeAndroid: link("the custom scheme of the Android app"),
    }),
    z.strictObject({ type: z.literal("BK"), name }),
    z.strictObject({ type: z.literal("MD"), name }),
    z.strictObject({
      type: z.literal("AC"),
      name: z.literal(addChannelName, `expected "${addChannelName}"`).prefault(addChannelName),
    }),
  ],
  `expected type to be one of ${Object.keys(buttonKinds).join(", ")}`,
);

/** Longest button name (protocol notes §9.4). */
export const maxButtonName = 20;
/** Longest link. */
export const maxLink = 500;
/** Most buttons of a message (guide, templates ⑤). */
export const maxButtons = 5;

/** A web link begins with its scheme, also where a variable follows: `https://#{URL}`, never `#{URL}` (guide, templates ⑤). */
export function isWebLink(text: string): boolean {
  return /^https?:\/\/\S+$/u.test(text);
}
