import * as z from "zod";
import { duration } from "./duration.ts";
import { section } from "./section.ts";

// These stand at the top of the file for all routes and may stand again under one route, where each value given there wins.
// Their defaults are therefore filled in once, at the top.

const maxAttempts = z.int().min(1).max(100);
const after = z.array(duration({ atLeast: "1s", atMost: "31d" })).min(1);
const policy = z.enum(["hold", "resend"]);

const retryText = {
  maxAttempts: "Attempts a message may use up; a 503 uses none.",
  base: "First wait of the exponential backoff; the wait is random between 0 and its limit (full jitter).",
  cap: "Longest wait of the backoff.",
};
const statusChecksText = {
  after:
    "Ages of a message at which the status API is asked while it has no final state; before day 31, when the carrier forgets.",
};
const unknownText = {
  reconcileAfter: "How long a message of unknown outcome waits for proof before `policy` applies.",
  policy: "`hold` leaves it to the operator, `resend` sends it once more; a campaign may say otherwise.",
};

export const retrySection = section({
  maxAttempts: maxAttempts.prefault(8).describe(retryText.maxAttempts),
  base: duration({ atLeast: "1ms" }).prefault("2s").describe(retryText.base),
  cap: duration({ atLeast: "1ms" }).prefault("60s").describe(retryText.cap),
});

export const statusChecksSection = section({
  after: after.prefault(["10m", "1h", "6h", "24h", "72h", "96h", "7d", "30d"]).describe(statusChecksText.after),
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

export const statusChecksOverride = section({ after: after.optional().describe(statusChecksText.after) });

export const unknownOverride = section({
  reconcileAfter: duration({ atLeast: "1s" }).optional().describe(unknownText.reconcileAfter),
  policy: policy.optional().describe(unknownText.policy),
});
