import { campaignStates, type MessageState, messageClasses, messageStates } from "@hikyaku/core";
import * as z from "zod";
import { stateMeanings } from "../../campaigns/state-meanings.ts";
import { recordedOverrideSchema } from "./campaign-fields.ts";

const count = z.int().min(0);
const moment = z.date().nullable();

export const countsSchema = z
  .object({
    ...(Object.fromEntries(messageStates.map((state) => [state, count.describe(stateMeanings[state])])) as Record<
      MessageState,
      z.ZodInt
    >),
    total: count.describe("All of them."),
    everAccepted: count.describe("Messages the carrier accepted, whatever became of them."),
    segmentsAccepted: count.describe("Billable parts of everything the carrier accepted."),
  })
  .meta({ id: "Counts", description: "Messages by state; exact at any moment." });

/** When second legs follow; on a campaign and on a message. */
export const fallbackSchema = z
  .looseObject({
    afterMs: z.int().describe("How long after acceptance a message may be without delivery."),
    onUnknown: z.boolean(),
    onRejected: z.boolean(),
  })
  .nullable()
  .describe("When a second leg follows, see `fallbackAfter`; null when none does.");

export const campaignSchema = z
  .object({
    id: z.uuid(),
    key: z.string().describe("Your own name for it: the `Idempotency-Key` it was created with."),
    name: z.string(),
    route: z.string(),
    state: z.enum(campaignStates),
    content: z.unknown().describe("What it says, as the route's carrier takes it."),
    variables: z.array(z.string()).describe("Names of the `#{…}` places, which are fields of the recipients."),
    priority: z
      .int()
      .describe("1 to 10: its share where several campaigns run; one of 10 gets ten messages where one of 1 gets one."),
    class: z.enum(messageClasses).nullable().describe("What it is for; null for one from before there were classes."),
    window: z.unknown().describe("Its own local times at which messages may go out; null leaves them to its class."),
    overrides: z.array(recordedOverrideSchema).describe("Rules that were set aside for it."),
    startAt: moment.describe("When it starts or started; null when nobody has started it."),
    validUntil: moment.describe("Messages not sent by then expire."),
    onUnknown: z.enum(["hold", "resend"]),
    fallback: fallbackSchema,
    round: z.int().describe("1 for the first sending, one more for each retry of what failed."),
    pauseReason: z.string().nullable(),
    rows: count.describe("Rows of the recipient list taken so far, good and bad."),
    rejected: count.describe("Rows that cannot be messaged."),
    duplicates: count.describe("Rows left out because an earlier one has the same number."),
    counts: countsSchema.describe("Of the first legs, which are the recipients."),
    secondLegs: countsSchema.nullable().describe("Of what followed them; null when nothing does."),
    createdAt: z.date(),
    importedAt: moment,
    startedAt: moment,
    pausedAt: moment,
    cancelledAt: moment,
    dispatchedAt: moment.describe("When nothing was left to send; receipts still come."),
    finishedAt: moment.describe("When every message had its final answer."),
  })
  .meta({ id: "Campaign", description: "A campaign: its settings, and how it stands." });
