import { type Fault, HikyakuError, listFaults } from "./hikyaku-error.ts";

/** An option or a field of a request is missing, unknown or has a value it can't have. All faults are named at once. */
export class InvalidRequestError extends HikyakuError {
  override readonly name = "InvalidRequestError";
  readonly code = "invalid-request";
  readonly issues: readonly Fault[];

  constructor(issues: readonly Fault[]) {
    super(listFaults(issues));
    this.issues = issues;
  }
}

/** The content can't be sent on this route, whatever the recipients are. */
export class InvalidContentError extends HikyakuError {
  override readonly name = "InvalidContentError";
  readonly code = "invalid-content";
  readonly issues: readonly Fault[];

  constructor(issues: readonly Fault[]) {
    super(listFaults(issues));
    this.issues = issues;
  }
}

/** A single message can't be sent as it is: its recipient, a variable, or the finished text. */
export class InvalidMessageError extends HikyakuError {
  override readonly name = "InvalidMessageError";
  readonly code = "invalid-message";
  readonly issues: readonly Fault[];

  constructor(issues: readonly Fault[]) {
    super(listFaults(issues));
    this.issues = issues;
  }
}

/** No running system has published a route of this name. */
export class UnknownRouteError extends HikyakuError {
  override readonly name = "UnknownRouteError";
  readonly code = "unknown-route";
  readonly route: string;
  readonly knownRoutes: readonly string[];

  constructor(route: string, knownRoutes: readonly string[]) {
    super(
      knownRoutes.length === 0
        ? `route: "${route}" is not known, and no route is; routes are published when a worker starts: start one on this database`
        : `route: "${route}" is not known; known are ${knownRoutes.join(", ")}. A new route is published when a worker starts with it`,
    );
    this.route = route;
    this.knownRoutes = knownRoutes;
  }
}

/** The route belongs to a carrier that this version of the library has no rules for. */
export class UnsupportedRouteError extends HikyakuError {
  override readonly name = "UnsupportedRouteError";
  readonly code = "unsupported-route";
  readonly route: string;

  constructor(route: string, provider: string, cause: unknown) {
    super(`route: "${route}" belongs to "${provider}", which this version does not know; update @hikyaku/producer`, {
      cause,
    });
    this.route = route;
  }
}

/** The idempotency key was used before, for another message. */
export class IdempotencyConflictError extends HikyakuError {
  override readonly name = "IdempotencyConflictError";
  readonly code = "idempotency-conflict";
  readonly idempotencyKey: string;
  /** The message the key was used for. */
  readonly messageId: string;

  constructor(idempotencyKey: string, messageId: string) {
    super(
      `idempotencyKey: "${idempotencyKey}" was used for message ${messageId}, whose route, recipient, content or validity ` +
        "differ; use a new key for a new message",
    );
    this.idempotencyKey = idempotencyKey;
    this.messageId = messageId;
  }
}

/** The database does not answer, or has no Hikyaku tables yet. */
export class LedgerNotReadyError extends HikyakuError {
  override readonly name = "LedgerNotReadyError";
  readonly code = "ledger-not-ready";

  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}
