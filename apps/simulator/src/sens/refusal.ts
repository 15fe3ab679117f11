/** An answer that is not a success. `from` decides the shape of its body (protocol notes §3). */
export type Refusal =
  | { readonly from: "gateway"; readonly status: number; readonly errorCode: string; readonly details: string }
  | { readonly from: "sens"; readonly status: number; readonly errors: readonly string[] }
  | { readonly from: "empty"; readonly status: number };

/** Protocol notes §3.1. */
const gatewayMessages: Readonly<Record<string, readonly [status: number, message: string]>> = {
  "100": [400, "Bad Request Exception"],
  "200": [401, "Authentication Failed"],
  "210": [401, "Permission Denied"],
  "300": [404, "Not Found Exception"],
  "400": [429, "Quota Exceeded"],
  "410": [429, "Throttle Limited"],
  "420": [429, "Rate Limited"],
  "430": [413, "Request Entity Too Large"],
  "500": [503, "Endpoint Error"],
  "510": [504, "Endpoint Timeout"],
  "900": [500, "Unexpected Error"],
};

const statusWords: Readonly<Record<number, string>> = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found" };

export function gatewayError(errorCode: keyof typeof gatewayMessages & string, details: string): Refusal {
  const [status] = gatewayMessages[errorCode] ?? [500];
  return { from: "gateway", status, errorCode, details };
}

export function sensError(status: number, ...errors: string[]): Refusal {
  return { from: "sens", status, errors };
}

/** What a query that matches nothing was seen to answer (protocol notes §6.2). */
export const nothingFound: Refusal = { from: "empty", status: 404 };

export function bodyOfRefusal(refusal: Refusal, wrapped: boolean): unknown {
  switch (refusal.from) {
    case "gateway": {
      const [, message] = gatewayMessages[refusal.errorCode] ?? [0, "Unexpected Error"];
      return { error: { errorCode: refusal.errorCode, message, details: refusal.details } };
    }
    case "sens": {
      const errorMessage = statusWords[refusal.status] ?? "Error";
      return wrapped
        ? { error: { status: refusal.status, errors: refusal.errors.join("; "), errorMessage } }
        : { status: refusal.status, errors: refusal.errors, errorMessage };
    }
    case "empty":
      return undefined;
    default:
      return refusal satisfies never;
  }
}
