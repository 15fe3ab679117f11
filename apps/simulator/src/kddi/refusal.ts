/** Why a request is not accepted: the status and the body `{"reason":{"code","text"}}`. */
export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Codes of a comparable MaaP gateway (protocol notes §19.1). The guide names none, so a client must not depend on them.
 * The notes give single numbers for some faults and a range for the others; inside a range the choice is ours.
 * `unlisted` stands for every fault that has no code there.
 */
export const refusalCodes = {
  unlisted: 42000,
  missingContact: 42004,
  badContact: 42005,
  noBody: 42008,
  noContent: 42009,
  twoContents: 42010,
  chipsMisplaced: 42014,
  emptyText: 42015,

  cardKind: 42031,
  layoutMissing: 42032,
  cardContentMissing: 42033,
  cardOrientation: 42034,
  cardWidth: 42036,
  alignmentMissing: 42037,
  alignmentForbidden: 42038,
  alignment: 42039,
  tallInSmall: 42041,
  emptyCard: 42042,
  tooFewChips: 42043,
  tooManyChips: 42044,

  suggestionKind: 42045,
  displayText: 42046,
  cardSuggestions: 42048,
  postbackMissing: 42049,
  actionKind: 42051,
  urlAction: 42052,
  dialerAction: 42054,
  mapAction: 42058,
  calendarAction: 42062,
  composeAction: 42066,
  deviceAction: 42070,
  settingsAction: 42072,

  thumbnail: 42100,
  mediaUrl: 42101,
  mediaType: 42102,
  mediaSize: 42103,
  mediaHeight: 42104,
  mediaTypeNotAllowed: 42105,
  mediaTooLarge: 42106,
  mediaDescription: 42107,
  postbackTooLong: 42108,

  url: 42200,
  textTooLong: 42201,
  titleTooLong: 42202,
  descriptionTooLong: 42203,
  displayTextTooLong: 42204,
  cardCount: 42205,
  actionTextTooLong: 42206,
  time: 42207,
  expiry: 42208,

  notAnRcsUser: 41200,
  timedOut: 41001,
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

/** How the body of a refusal is spelled; the guide shows none (protocol notes §21, item 20). */
export const errorShapes = ["reason", "error", "message", "text"] as const;
export type ErrorShape = (typeof errorShapes)[number];

export function refusalBody({ code, text }: Refusal, shape: ErrorShape): string {
  switch (shape) {
    case "reason":
      return JSON.stringify({ reason: { code, text } });
    case "error":
      return JSON.stringify({ error: { code, message: text } });
    case "message":
      return JSON.stringify({ message: text });
    case "text":
      return text;
    default:
      return shape satisfies never;
  }
}
