import { type InboundAttachment, type InboundEvent, type MessageState, verifyEvent } from "@hikyaku/core";
import * as z from "zod";
import { InvalidEventError } from "../errors/event-error.ts";
import { readFields } from "../request/read-fields.ts";

/** Which message an event is about; each null where that is not known. */
export interface EventMessage {
  messageId: string | null;
  campaignId: string | null;
  /** The key you gave the campaign. */
  campaignKey: string | null;
  /** The key you gave a single message. */
  idempotencyKey: string | null;
}

/** A message reached a state. */
export interface MessageChange extends EventMessage {
  route: string;
  recipient: string;
  state: MessageState;
  at: Date;
  reason: string | null;
  channel: string | null;
}

/** An end user replied, tapped a button, or registered. */
export interface UserAction extends EventMessage {
  inboundId: string;
  event: InboundEvent;
  route: string;
  recipient: string | null;
  at: Date;
  receivedAt: Date;
  text: string | null;
  displayText: string | null;
  postbackData: string | null;
  button: string | null;
  smsNumber: string | null;
  attachment: InboundAttachment | null;
  deviceSpecifics: Record<string, string | number> | null;
  linkedBy: "reference" | "carrier-id" | "number" | "time" | null;
  wordKind: "opt-out" | "opt-in" | null;
  word: string | null;
}

/** What your endpoint is told. `id` is the same for every attempt: keep it to recognise repeats. */
export type HikyakuEvent =
  | { id: string; type: `message.${MessageState}`; timestamp: Date; data: MessageChange }
  | { id: string; type: `inbound.${InboundEvent}`; timestamp: Date; data: UserAction };

/** A request to your endpoint: the headers by lower-case name (as Node has them) or as `Headers`, and the raw body. */
export interface EventRequest {
  headers: Readonly<Record<string, string | readonly string[] | undefined>> | { get(name: string): string | null };
  body: string;
}

const headerNames = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;
const secretsSchema = z.union(
  [z.string().min(1), z.array(z.string().min(1)).min(1)],
  "the secret of `events.secret`, or a list of two while one replaces the other",
);
// Only what every event has: fields are added in later versions.
const bodySchema = z.looseObject({
  type: z.string().regex(/^(?:message|inbound)\../),
  timestamp: z.iso.datetime({ offset: true }),
  data: z.looseObject({}),
});

/**
 * Checks the signature of a request to your endpoint and reads the event in it. A type your code does not know is no error:
 * new ones may come with a new version; answer 200 and go on.
 *
 * @throws InvalidEventError when it is not signed with one of the secrets, or its time is off by more than five minutes
 */
export function readEvent(request: EventRequest, secrets: string | readonly string[], now = new Date()): HikyakuEvent {
  const [first = "", ...others] = [readFields(secretsSchema, secrets)].flat();
  const { body } = request;
  const result = verifyEvent({ headers: headersOf(request), body, now }, [first, ...others]);
  if (!result.ok) throw new InvalidEventError(result.reason);
  const parsed = bodySchema.safeParse(parseJson(body));
  if (!parsed.success) throw new InvalidEventError("bad-body");
  const { type, timestamp, data } = parsed.data;
  const moments = Object.fromEntries(
    ["at", "receivedAt"].flatMap((name) => (typeof data[name] === "string" ? [[name, new Date(data[name])]] : [])),
  );
  const event: unknown = { id: result.id, type, timestamp: new Date(timestamp), data: { ...data, ...moments } };
  return event as HikyakuEvent;
}

function headersOf({ headers }: EventRequest): Record<string, string | readonly string[] | undefined> {
  if (typeof headers.get !== "function") return headers as Record<string, string | readonly string[] | undefined>;
  const { get } = headers as { get(name: string): string | null };
  return Object.fromEntries(headerNames.map((name) => [name, get.call(headers, name) ?? undefined]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
