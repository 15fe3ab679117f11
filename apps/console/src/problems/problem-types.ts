/** What every problem of one kind has in common, and what its page `/problems/{name}` says. */
export interface ProblemType {
  /** HTTP status. */
  status: number;
  title: string;
  /** When it comes, and what to do about it. Plain text. */
  meaning: string;
}

/** Every problem the console can answer (RFC 9457), by the last part of its type URL. */
export const problemTypes = {
  "invalid-request": {
    status: 400,
    title: "The request is not as it must be",
    meaning:
      "A field of the body, a parameter or a header is missing, unknown or has a value it cannot have. `errors` names every one of them, by JSON pointer (`pointer`), parameter or header. Correct them and send the request again.",
  },
  "invalid-json": {
    status: 400,
    title: "The body is not JSON",
    meaning: "The body cannot be parsed. Check that it is complete, encoded as UTF-8, and holds one JSON value.",
  },
  "missing-idempotency-key": {
    status: 400,
    title: "The Idempotency-Key header is missing",
    meaning:
      "Creating a campaign or a message needs an `Idempotency-Key` header: a name of your own for it, 1 to 200 printable characters. With it the request may be repeated without anybody getting a message twice. For a campaign it is the campaign's key.",
  },
  "invalid-cursor": {
    status: 400,
    title: "The cursor cannot be used",
    meaning:
      "`cursor` must be the `nextCursor` of the page before, unchanged, on the same path. Leave it out to begin at the first page.",
  },
  unauthorized: {
    status: 401,
    title: "A valid API key is needed",
    meaning:
      "Send `Authorization: Bearer hk_…`. Keys are made on the page “API keys” of the console; the secret is shown once. A revoked key stops working within ten seconds.",
  },
  "signed-out": {
    status: 401,
    title: "You are not signed in",
    meaning: "The sign-in is over, or there was none. Sign in and try again.",
  },
  "pages-closed": {
    status: 403,
    title: "The pages are closed: nobody may sign in",
    meaning:
      "No user is configured. Add one to `console.users` in hikyaku.yaml, with its password from the environment, and restart the console. The API works without, by API keys.",
  },
  "cross-site": {
    status: 403,
    title: "The request came from another site",
    meaning:
      "What changes something is taken only from the console's own pages. If a proxy stands in front, it must pass on `Host`, or `console.trustProxy` must be on.",
  },
  "not-found": {
    status: 404,
    title: "There is nothing here",
    meaning: "No such path. `/openapi.json` and `/docs` list those there are.",
  },
  "campaign-not-found": {
    status: 404,
    title: "There is no such campaign",
    meaning:
      "Neither an id nor a key of a campaign. Campaigns that have been finished for longer than `retention.days` are deleted.",
  },
  "schedule-not-found": {
    status: 404,
    title: "There is no such schedule",
    meaning: "There is no schedule of this code, or it was deleted. `GET /v1/schedules` lists those there are.",
  },
  "reservation-not-found": {
    status: 404,
    title: "The carrier has no such reservation",
    meaning:
      "The route's carrier has no reservation of this id. `GET /v1/routes/{route}/reservations` lists those there are.",
  },
  "reservation-not-cancellable": {
    status: 409,
    title: "The reservation can't be cancelled any more",
    meaning:
      "Only a reservation that waits can be cancelled, and not in the last minutes before its time; `detail` says how it stands. Nothing was changed.",
  },
  "message-not-found": {
    status: 404,
    title: "There is no such message",
    meaning: "The id belongs to no message, or the message was deleted with its campaign after `retention.days`.",
  },
  "inbound-not-found": {
    status: 404,
    title: "There is no such reply",
    meaning: "The id belongs to no reply, tap or registration, or it was deleted after `retention.inboundDays`.",
  },
  "event-not-found": {
    status: 404,
    title: "There is no such event",
    meaning: "The id belongs to no event, or it was deleted after `retention.eventDays`.",
  },
  "endpoint-not-found": {
    status: 404,
    title: "There is no such place for events",
    meaning:
      "No running system has opened a place of this name. Its name is a route's, or `*` for the one of the whole configuration; a poller opens it when it starts with it.",
  },
  "route-not-found": {
    status: 404,
    title: "There is no such route",
    meaning:
      "No running system has published a route of this name. A new route is published when a worker starts with it.",
  },
  "template-not-found": {
    status: 404,
    title: "There is no such template",
    meaning:
      "The route's account had no template of this code when it was last read. One that was just registered is known after `POST /v1/templates/refresh`.",
  },
  "suppression-not-found": {
    status: 404,
    title: "This number is not suppressed",
    meaning: "There is no suppression of this number for this route. One for all routes has the route `*`.",
  },
  "method-not-allowed": {
    status: 405,
    title: "This path does not take this method",
    meaning: "The `Allow` header lists the methods that the path takes.",
  },
  "request-timeout": {
    status: 408,
    title: "The upload stood still for too long",
    meaning:
      "Nothing arrived for `console.uploadIdle`. What had arrived is stored: send the same upload again and it goes on where it stopped.",
  },
  "campaign-conflict": {
    status: 409,
    title: "The key belongs to a different campaign",
    meaning:
      "A campaign of this key exists and differs in what `detail` names. The same key with the same content answers the same campaign; another campaign needs another key.",
  },
  "campaign-state": {
    status: 409,
    title: "The campaign's state does not allow this",
    meaning: "`detail` says in which state the campaign is and what can be done in it.",
  },
  "schedule-conflict": {
    status: 409,
    title: "The schedule cannot be made or changed like this now",
    meaning:
      "`detail` says why: its code is taken, somebody else has changed it at the same moment, or the campaign of one of its runs is being made. Nothing was changed.",
  },
  "different-recipients": {
    status: 409,
    title: "These are not the recipients the import began with",
    meaning:
      "An import is resumed with the same list in the same order; this one differs from what is stored. Nothing was written. Send the original list, or take the import back (`DELETE …/recipients`) and begin again.",
  },
  "idempotency-conflict": {
    status: 409,
    title: "The idempotency key was used for another message",
    meaning:
      "The first use of the key had another route, recipient, content or validity. Use a new key for a new message.",
  },
  "import-busy": {
    status: 409,
    title: "Another caller imports into this campaign",
    meaning:
      "Wait until the other upload has ended, then send the same request again: it answers the result, or goes on.",
  },
  "body-too-large": {
    status: 413,
    title: "The body is too large",
    meaning:
      "JSON bodies may have `console.maxBodyBytes`, NDJSON uploads `console.maxUploadBytes`. Long lists of recipients go as `application/x-ndjson`, one object a line.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The content type is not taken here",
    meaning: "Send `Content-Type: application/json`; recipients also as `application/x-ndjson`.",
  },
  "invalid-content": {
    status: 422,
    title: "The content cannot be sent on this route",
    meaning:
      "The text or its variables break a rule of the carrier. `errors` names each fault with its place in the content, e.g. `#/content/text`.",
  },
  "no-preview": {
    status: 422,
    title: "The carrier of this route has no page for its messages",
    meaning:
      "This version draws no page for messages of the route's carrier. `POST /v1/campaigns/preview` has their texts.",
  },
  "invalid-message": {
    status: 422,
    title: "This message cannot be sent",
    meaning: "Its recipient, a variable or the finished text is refused. `errors` says which and why.",
  },
  "invalid-number": {
    status: 422,
    title: "Not a number that can be messaged",
    meaning: "The phone number is not one the route's carrier can reach. `errors` says why.",
  },
  "unknown-route": {
    status: 422,
    title: "The route named in the request is not known",
    meaning:
      "No running system has published a route of this name; `GET /v1/routes` lists those there are. A new route is published when a worker starts with it.",
  },
  "unsupported-route": {
    status: 422,
    title: "This version does not know the route's carrier",
    meaning: "The workers run a newer version than the console. Update the console.",
  },
  "not-offered": {
    status: 422,
    title: "The route's carrier cannot be asked this",
    meaning:
      "The carrier offers no such call, the route's account may not use it, or it is not sure that the configured path is right; `detail` says which. Asking again changes nothing before the route's configuration does.",
  },
  "route-held": {
    status: 409,
    title: "The route is held",
    meaning: "Nothing goes out over it until it is released or resumes by itself; `GET /v1/routes` says why.",
  },
  "rows-rejected": {
    status: 422,
    title: "Some recipients cannot be messaged, and strict was asked for",
    meaning:
      "With `strict=true` one bad row refuses the whole list, and nothing of it is kept. `rejections` lists the first 100 with line and reason. Correct them, or leave `strict` out to send to the others.",
  },
  "too-many-attempts": {
    status: 429,
    title: "Too many attempts to sign in",
    meaning: "Wait as long as `Retry-After` says, then try again.",
  },
  "internal-error": {
    status: 500,
    title: "Something went wrong here",
    meaning:
      "A fault of the console, not of the request. The log has the line with the `instance` of the answer. Creating requests may be repeated with the same `Idempotency-Key`.",
  },
  "gateway-refuses": {
    status: 502,
    title: "The carrier's gateway refuses us",
    meaning:
      "It does not take the route's credentials or the address we come from. Compare both with the account notice; `hikyaku doctor` tries them.",
  },
  "gateway-silent": {
    status: 503,
    title: "The carrier's gateway gives no answer",
    meaning:
      "It is away, overloaded, or answers what nobody can read. Repeat the request later; what was answered is kept.",
  },
  "ledger-unavailable": {
    status: 503,
    title: "The ledger does not answer",
    meaning:
      "PostgreSQL is away or overloaded. Nothing is lost: repeat the request, with the same `Idempotency-Key` where it has one.",
  },
  "shutting-down": {
    status: 503,
    title: "This console is stopping",
    meaning: "Repeat the request: another console, or this one after its restart, goes on where it stopped.",
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof problemTypes;
