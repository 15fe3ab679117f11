import { HikyakuError } from "./hikyaku-error.ts";

/** A request to your endpoint is no event of this system, or one that was recorded and played again: answer 401. */
export class InvalidEventError extends HikyakuError {
  override readonly name = "InvalidEventError";
  readonly code = "invalid-event";
  readonly reason: "missing-header" | "bad-timestamp" | "too-old" | "too-new" | "wrong-signature" | "bad-body";

  constructor(reason: InvalidEventError["reason"]) {
    super(meanings[reason]);
    this.reason = reason;
  }
}

const meanings: Record<InvalidEventError["reason"], string> = {
  "missing-header": "headers: webhook-id, webhook-timestamp or webhook-signature is missing",
  "bad-timestamp": "headers: webhook-timestamp is no time in seconds",
  "too-old": "headers: webhook-timestamp is more than five minutes ago; is this machine's clock right?",
  "too-new": "headers: webhook-timestamp is more than five minutes ahead; is this machine's clock right?",
  "wrong-signature":
    "headers: webhook-signature is not of these secrets; give the raw body as it came, not parsed and written again",
  "bad-body": "body: not the JSON of an event",
};
