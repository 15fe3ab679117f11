/** Why a request is not accepted: the status and the body `{"reason":{"code","text"}}`. */
export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Codes of comparable MaaP gateways (protocol notes §19.1). The guide names none, so a client must not depend on them;
 * `unlisted` stands for every fault that has no code there.
 */
export const refusalCodes = {
  unlisted: 42000,
  missingContact: 42004,
  badContact: 42005,
  noBody: 42008,
  noContent: 42009,
  emptyText: 42015,
  textTooLong: 42201,
} as const;

export function badRequest(text: string, code: number = refusalCodes.unlisted): Refusal {
  return { status: 400, code, text };
}

const meanings: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  410: "Gone",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** A refusal by status alone, with the headers that belong to the status. */
export function refuseWith(status: number, detail?: string, retryAfterS?: number): Refusal {
  const text = meanings[status] ?? `Status ${status}`;
  const headers: Record<string, string> = {};
  if (status === 401) headers["WWW-Authenticate"] = 'Basic realm="msg-gw"';
  if (status === 405) headers.Allow = "POST, GET";
  if (status === 503 && retryAfterS !== undefined) headers["Retry-After"] = String(retryAfterS);
  return { status, code: status, text: detail === undefined ? text : `${text}: ${detail}`, headers };
}

export function refusalBody(refusal: Refusal): string {
  return JSON.stringify({ reason: { code: refusal.code, text: refusal.text } });
}
