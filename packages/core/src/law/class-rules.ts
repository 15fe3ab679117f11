import { type DeliveryWindow, parseDeliveryWindow } from "../schedule/delivery-window.ts";
import { defaultDeliveryWindows, type MessageClass, messageClasses } from "../schedule/message-class.ts";
import { defaultRefusalWays } from "./refusal-ways.ts";

/**
 * What the operator has set for messages by their class: the same for a campaign and a single message, wherever they are
 * checked. JSON-safe, as a route carries it in the ledger.
 */
export interface ClassRules {
  /** The class of what states none; null leaves it to {@link classOf}. */
  readonly defaultClass: MessageClass | null;
  /** When messages of a class may go out; null is any time. */
  readonly windows: Readonly<Record<MessageClass, DeliveryWindow | null>>;
  /** The official name that an advertising text must show; null while the operator has set none. */
  readonly senderName: string | null;
  /** How an advertising text may say where to refuse; one of them must stand in it. */
  readonly refusalWays: readonly string[];
  /** Whether advertising needs a record of the recipient's consent. */
  readonly requireConsent: boolean;
  /** IANA zone of consent times that name none. */
  readonly timeZone: string;
}

/** What holds when the operator has set nothing. */
export const defaultClassRules: ClassRules = {
  defaultClass: null,
  windows: defaultDeliveryWindows,
  senderName: null,
  refusalWays: defaultRefusalWays,
  requireConsent: false,
  timeZone: "Asia/Tokyo",
};

/** Rules as a route carries them. What is missing or of another version's making is as if nothing had been set. */
export function readClassRules(published: unknown): ClassRules {
  const given: Readonly<Record<string, unknown>> =
    typeof published === "object" && published !== null ? (published as Record<string, unknown>) : {};
  const { defaultClass, senderName, refusalWays, requireConsent, timeZone } = given;
  return {
    defaultClass: messageClasses.find((each) => each === defaultClass) ?? null,
    windows: readWindows(given.windows),
    senderName: typeof senderName === "string" && senderName.trim() !== "" ? senderName : null,
    refusalWays: isTexts(refusalWays) ? refusalWays : defaultRefusalWays,
    requireConsent: requireConsent === true,
    timeZone: typeof timeZone === "string" ? timeZone : defaultClassRules.timeZone,
  };
}

/**
 * The class that holds: as stated, else the route's, else the lawful one. What goes to many and says nothing of itself is
 * taken for advertising, whose rules are the strictest; a message to one person is mostly an answer to something that
 * person did.
 */
export function classOf(
  stated: MessageClass | undefined,
  { defaultClass }: Pick<ClassRules, "defaultClass">,
  kind: "campaign" | "single",
): MessageClass {
  return stated ?? defaultClass ?? (kind === "campaign" ? "advertising" : "transactional");
}

function readWindows(published: unknown): ClassRules["windows"] {
  const given = typeof published === "object" && published !== null ? (published as Record<string, unknown>) : {};
  const windows: Record<MessageClass, DeliveryWindow | null> = { ...defaultDeliveryWindows };
  for (const each of messageClasses) {
    if (given[each] === null) windows[each] = null;
    const read = parseDeliveryWindow(given[each]);
    if (read.ok) windows[each] = read.window;
  }
  return windows;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string");
}
