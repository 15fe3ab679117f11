import { defaultCheckPlanMinutes } from "@hikyaku/core";
import * as z from "zod";
import { duration } from "./duration.ts";
import { section } from "./section.ts";

// These stand at the top of the file for all routes and may stand again under one route, where each value given there wins.
// Their defaults are therefore filled in once, at the top.

const maxAttempts = z.int().min(1).max(100);
const afterMinutes = z.array(z.number().gt(0).max(44_640)).min(1);
const policy = z.enum(["hold", "resend"]);

const retryText = {
  maxAttempts: "Attempts a message may use up; a 503 uses none.",
  base: "First wait of the exponential backoff, before jitter; without it each kind of failure has its own (protocol notes §7).",
  cap: "Longest wait of the backoff; without it each kind of failure has its own.",
};
const statusChecksText = {
  afterMinutes: "Ages of a message at which the status API is asked while it has no final state.",
  lastCheckMargin: "The last check is made this long before the carrier forgets the message.",
};
const unknownText = {
  reconcileAfter: "How long a message of unknown outcome waits for proof before `policy` applies.",
  policy:
    "`hold` leaves it to the operator, `resend` sends it once more; a campaign may say otherwise when it is created.",
};

export const retrySection = section({
  maxAttempts: maxAttempts.prefault(8).describe(retryText.maxAttempts),
  base: duration({ atLeast: "1ms" }).optional().describe(retryText.base),
  cap: duration({ atLeast: "1ms" }).optional().describe(retryText.cap),
});

export const statusChecksSection = section({
  afterMinutes: afterMinutes
    .prefault([...defaultCheckPlanMinutes])
    .meta({ unit: "min", description: statusChecksText.afterMinutes }),
  lastCheckMargin: duration().prefault("12h").describe(statusChecksText.lastCheckMargin),
});

export const unknownSection = section({
  reconcileAfter: duration({ atLeast: "1s" }).prefault("72h").describe(unknownText.reconcileAfter),
  policy: policy.prefault("hold").describe(unknownText.policy),
});

export const retryOverride = section({
  maxAttempts: maxAttempts.optional().describe(retryText.maxAttempts),
  base: duration({ atLeast: "1ms" }).optional().describe(retryText.base),
  cap: duration({ atLeast: "1ms" }).optional().describe(retryText.cap),
});

export const statusChecksOverride = section({
  afterMinutes: afterMinutes.optional().meta({ unit: "min", description: statusChecksText.afterMinutes }),
  lastCheckMargin: duration().optional().describe(statusChecksText.lastCheckMargin),
});

export const unknownOverride = section({
  reconcileAfter: duration({ atLeast: "1s" }).optional().describe(unknownText.reconcileAfter),
  policy: policy.optional().describe(unknownText.policy),
});
