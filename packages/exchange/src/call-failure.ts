import type { CallFailure } from "@hikyaku/core";

/**
 * Names the way a call broke. What decides is whether the request had been given to a connection: before that nothing of it can
 * have left, whatever the error is called; from then on the operating system may have sent it, and a reset proves nothing, not even
 * on a connection that the gateway had closed a moment ago. So `reset-before-written` is said only of the first kind.
 */
export function callFailureOf(error: unknown, wasStarted: boolean): CallFailure {
  const code = codeOf(error);
  if (wasStarted) {
    return /_TIMEOUT$|^ETIMEDOUT$/.test(code) ? "response-timeout" : "reset-after-written";
  }
  if (/^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/.test(code)) return "dns";
  if (/^(?:UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|ETIMEDOUT)$/.test(code)) return "connect-timeout";
  if (isTlsError(code, messageOf(error))) return "tls";
  return refusals.has(code) ? "refused" : "reset-before-written";
}

/** Nobody took the connection: the host, the network, the proxy, or ourselves after `close()`. */
const refusals: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES", "EPERM"],
  ...["UND_ERR_PRX_CONN", "UND_ERR_ABORTED", "UND_ERR_CLOSED", "UND_ERR_DESTROYED"],
]);

/** A short word for the reason: the error's code where it has one, never its message, which may quote an address or a header. */
export function failureDetail(error: unknown): string {
  const code = codeOf(error);
  if (code !== "") return code;
  return error instanceof Error ? error.name : "unknown error";
}

function codeOf(error: unknown): string {
  const code: unknown = error !== null && typeof error === "object" && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** OpenSSL's verification results have no common prefix; these are the ones a client meets (Node's TLS documentation). */
function isTlsError(code: string, message: string): boolean {
  return (
    /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|UND_ERR_PRX_TLS$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERROR_IN_CERT_)/.test(
      code,
    ) || /before secure TLS connection/.test(message)
  );
}
