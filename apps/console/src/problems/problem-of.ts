import {
  DifferentRecipientsError,
  type Fault,
  HikyakuError,
  IdempotencyConflictError,
  InvalidContentError,
  InvalidMessageError,
  InvalidRequestError,
  RowsRejectedError,
} from "@hikyaku/producer";
import { Problem, pointerOf } from "./problem.ts";
import { type ProblemName, problemTypes } from "./problem-types.ts";

/** What any error means to the caller. Whatever is not known is `internal-error`, and tells the caller nothing else. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HikyakuError) return ofProducer(error);
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === "string" ? fastifyCodes[code] : undefined;
  if (known) return new Problem(known, { cause: error });
  if (isLedgerAway(code)) return new Problem("ledger-unavailable", { headers: { "retry-after": "5" }, cause: error });
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new Problem("invalid-request", { detail: (error as Error).message, cause: error });
  }
  return new Problem("internal-error", { cause: error });
}

function ofProducer(error: HikyakuError): Problem {
  const detail = error.message;
  if (
    error instanceof InvalidRequestError ||
    error instanceof InvalidContentError ||
    error instanceof InvalidMessageError
  ) {
    return new Problem(error.code, { detail, errors: error.issues.map(faultOf), cause: error });
  }
  if (error instanceof RowsRejectedError) {
    const { rejected, duplicates, rejections } = error;
    return new Problem("rows-rejected", { detail, extra: { rejected, duplicates, rejections }, cause: error });
  }
  if (error instanceof IdempotencyConflictError) {
    return new Problem("idempotency-conflict", { detail, extra: { messageId: error.messageId }, cause: error });
  }
  if (error instanceof DifferentRecipientsError) {
    return new Problem("different-recipients", {
      detail: detail.replace("with discardImport() ", "(DELETE …/recipients) "),
      cause: error,
    });
  }
  if (error.code === "unknown-route") {
    return new Problem("unknown-route", { detail, errors: [{ pointer: "#/route", detail }], cause: error });
  }
  if (error.code === "ledger-not-ready") return new Problem("ledger-unavailable", { detail, cause: error });
  if (Object.hasOwn(problemTypes, error.code)) return new Problem(error.code as ProblemName, { detail, cause: error });
  return new Problem("internal-error", { cause: error });
}

function faultOf({ path, message, code }: Fault) {
  return { pointer: pointerOf(path), detail: message, ...(code === undefined ? {} : { code }) };
}

const fastifyCodes: Readonly<Record<string, ProblemName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid-json",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid-json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid-request",
  FST_ERR_NOT_FOUND: "not-found",
};

/** The connection is gone, was refused or is not let in (SQLSTATE classes 08, 53 and 57P; the client's own codes). */
function isLedgerAway(code: unknown): boolean {
  if (typeof code !== "string") return false;
  return /^(?:08|53)[0-9A-Z]{3}$/.test(code) || /^57P0\d$/.test(code) || clientCodes.has(code);
}

const clientCodes = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EPIPE",
]);
