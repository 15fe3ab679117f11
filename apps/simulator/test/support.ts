import { createServer, type IncomingHttpHeaders } from "node:http";
import { Agent, request } from "undici";
import { listen } from "../src/http-listener.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../src/index.ts";

/** Text and encoding as printed in the guide, §3.1. */
export const sample = {
  text: "これは、SMSテストメッセージです",
  encoded: "MFMwjDBvMAEAUwBNAFMwxjC5MMgw4TDDMLsw/DC4MGcwWQ==",
};

export const account = {
  aggid: "au",
  botId: "botId_dummy",
  user: "testUser",
  password: "password",
  tokens: { au: "au-token", docomo: "docomo-token", softbank: "softbank-token" },
  smsNumbers: ["0312345678"],
  tps: 1000,
  concurrency: 100,
};

/** A simulator whose network takes no time worth waiting for. */
export function startFast(options: SimulatorOptions = {}): Promise<Simulator> {
  return startSimulator({
    accounts: [account],
    acceptDelayMs: 0,
    notifyRetryDelaysMs: [5, 5, 5],
    ...options,
    timing: {
      ...{ sentAfterMs: 5, deliveredAfterMs: 5, displayedAfterMs: 5, moAfterMs: 5, lateNotificationMs: 60_000 },
      ...options.timing,
    },
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RequestParts {
  readonly method?: "POST" | "GET" | "PUT" | "DELETE";
  readonly path?: string;
  /** Replaces headers of the guide's set; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** The header set of the guide's test procedure; `dGVzdFVzZXI6cGFzc3dvcmQ=` is testUser:password. */
export const guideHeaders = {
  authorization: "Basic dGVzdFVzZXI6cGFzc3dvcmQ=",
  "content-type": "application/json",
  "x-plusmsg-mkn-authorization": "Bearer smsonly",
  "x-plusmsg-tmt-authorization": "Bearer smsonly",
  "x-plusmsg-gmp-authorization": "Bearer smsonly",
  "x-fallback": "2",
};

/** The same for +Message: the three tokens of the account notice. */
export const rcsHeaders = {
  ...guideHeaders,
  "x-plusmsg-mkn-authorization": "Bearer au-token",
  "x-plusmsg-tmt-authorization": "Bearer docomo-token",
  "x-plusmsg-gmp-authorization": "Bearer softbank-token",
  "x-fallback": "1",
};

export const messagesPath = "/au/v1/fallback/rcs/bot/v1/botId_dummy/messages";

/** The body of the guide's SMS sample, letter by letter, to the given number. */
export function sampleBody(to: string): string {
  return `{
  "message": { "messageContact": { "userContact": "${to}" } },
  "smsmessage": {
    "smsNumber": "0312345678",
    "smsText": "${sample.text}",
    "smsTextEnc": "${sample.encoded}"
  },
  "dst": "0"
}`;
}

/** `message` of the guide's §3.2 around any content, as sent with `X-Fallback: 1`. */
export function rcsBody(to: string, content: unknown): string {
  return JSON.stringify({
    message: { RCSMessage: content, messageContact: { userContact: to } },
    dst: "0",
  });
}

/** The guide's §3.3: both parts, as sent with `X-Fallback: 0`. */
export function fallbackBody(to: string, content: unknown = { textMessage: "これは、テキストメッセージです" }): string {
  const { message, ...rest } = JSON.parse(sampleBody(to)) as { message: object };
  return JSON.stringify({ message: { RCSMessage: content, ...message }, ...rest });
}

export async function call(simulator: { readonly gatewayUrl: string }, parts: RequestParts = {}): Promise<Answer> {
  // A connection each: a test must not meet the socket another test had cut.
  const dispatcher = new Agent({ pipelining: 0 });
  try {
    const headers = Object.entries({ ...guideHeaders, ...parts.headers }).filter((pair) => pair[1] !== undefined);
    const answer = await request(`${simulator.gatewayUrl}${parts.path ?? messagesPath}`, {
      method: parts.method ?? "POST",
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: parts.body ?? null,
      signal: parts.signal ?? null,
      dispatcher,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  } finally {
    await dispatcher.close();
  }
}

export function send(
  simulator: { readonly gatewayUrl: string },
  to: string,
  parts: RequestParts = {},
): Promise<Answer> {
  return call(simulator, { body: sampleBody(to), ...parts });
}

/** Sends and gives the msgId of the 202. */
export async function sendAccepted(simulator: { readonly gatewayUrl: string }, to: string): Promise<string> {
  const answer = await send(simulator, to);
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { smsmessage: { msgId: string } }).smsmessage.msgId;
}

/** Mode 1. */
export function sendRcs(
  simulator: { readonly gatewayUrl: string },
  to: string,
  content: unknown = { textMessage: "これはテキストメッセージです" },
  parts: RequestParts = {},
): Promise<Answer> {
  return call(simulator, { body: rcsBody(to, content), ...parts, headers: { ...rcsHeaders, ...parts.headers } });
}

/** Mode 0. */
export function sendFallback(
  simulator: { readonly gatewayUrl: string },
  to: string,
  parts: RequestParts = {},
): Promise<Answer> {
  const headers = { ...rcsHeaders, "x-fallback": "0", ...parts.headers };
  return call(simulator, { body: fallbackBody(to), ...parts, headers });
}

/** Sends by mode 1 and gives the msgId of the 202. */
export async function sendRcsAccepted(
  simulator: { readonly gatewayUrl: string },
  to: string,
  content?: unknown,
): Promise<string> {
  const answer = await sendRcs(simulator, to, content);
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { RCSMessage: { msgId: string } }).RCSMessage.msgId;
}

export function checkStatus(simulator: { readonly gatewayUrl: string }, msgId: string, parts: RequestParts = {}) {
  return call(simulator, { method: "GET", path: `${messagesPath}/${msgId}/status`, ...parts });
}

export function utf16be(text: string): string {
  return Buffer.from(text, "utf16le").swap16().toString("base64");
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Listener {
  readonly url: string;
  readonly received: readonly Received[];
  /** Most requests open at the same time. */
  readonly peak: () => number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A company's receiver; `answer` decides by the number of the request, from 0. */
export async function startListener(
  answer: (index: number) => { readonly status?: number; readonly afterMs?: number } = () => ({}),
): Promise<Listener> {
  const received: Received[] = [];
  let open = 0;
  let peak = 0;
  const server = createServer((incoming, response) => {
    open++;
    peak = Math.max(peak, open);
    response.on("close", () => open--);
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { status = 200, afterMs = 0 } = answer(received.length);
      received.push({
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      });
      setTimeout(() => response.writeHead(status).end(), afterMs);
    });
  });
  const port = await listen(server, "127.0.0.1", 0);
  return {
    url: `http://127.0.0.1:${port}/sms-result`,
    received,
    peak: () => peak,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** `status` of each canonical notification, in the order they came. */
export function statuses(listener: Listener): string[] {
  return listener.received.map(
    ({ body }) => (JSON.parse(body) as { smsmessage: { status: string } }).smsmessage.status,
  );
}

export interface WebhookBody {
  readonly RCSMessage: Readonly<Record<string, unknown>>;
  readonly messageContact: { readonly userContact: string };
  readonly event: string;
  readonly reason?: { readonly code: number };
}

/** Bodies of the webhook in the order they came. */
export function events(listener: Listener): WebhookBody[] {
  return listener.received.map(({ body }) => JSON.parse(body) as WebhookBody);
}

/** Event and status of each, e.g. `messageStatus sent` or `newUser`. */
export function eventWords(listener: Listener): string[] {
  return events(listener).map(({ event, RCSMessage: { status } }) =>
    status === undefined ? event : `${event} ${String(status)}`,
  );
}
