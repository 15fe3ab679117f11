import { type BackoffCause, type BackoffPlan, backoffPlans } from "@hikyaku/core";

/** The waits for retries, with what the configuration says of them; the wait after a 503 keeps its own, short plan, because it costs no attempt. */
export function retryPlans(retry: {
  baseMs?: number | undefined;
  capMs?: number | undefined;
}): Record<BackoffCause, BackoffPlan> {
  const configured = (plan: BackoffPlan): BackoffPlan => ({
    baseMs: retry.baseMs ?? plan.baseMs,
    capMs: retry.capMs ?? plan.capMs,
  });
  return {
    throttled: backoffPlans.throttled,
    "server-error": configured(backoffPlans["server-error"]),
    "bad-gateway": configured(backoffPlans["bad-gateway"]),
    "not-reached": configured(backoffPlans["not-reached"]),
    unreachable: configured(backoffPlans.unreachable),
  };
}
