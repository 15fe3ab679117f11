import {
  type AttemptOutcome,
  type ContentIssue,
  decideByStatus,
  type OutgoingMessage,
  type PreparedContent,
  type Provider,
  parseTemplate,
  type StatusAnswer,
} from "@hikyaku/core";

/** `card` goes by one channel, `sms` by the other; with `chosen` the gateway decides which a recipient gets. */
export interface TwoLegContent {
  card?: string;
  sms?: string;
  chosen?: boolean;
}

interface Payload {
  kind: "card" | "sms";
  text: string;
}

export interface TwoLegSettings {
  url: string;
  account: string;
}

/** A carrier of two channels, over real HTTP: what the engine needs to see of one to send a second leg. */
export const twoLeg: Provider<TwoLegSettings> = {
  name: "two-leg",
  rules: () => ({
    recipientsPerRequest: 1,
    readableDays: 31,
    canLookUp: false,
    prepareContent: (content) => prepare(content as TwoLegContent),
    normaliseRecipient: (raw) => ({ ok: true, recipient: raw }),
    readNotification: () => [],
  }),
  connect: ({ url, account }) => ({
    send: (batch) => Promise.all(batch.map((message) => send(`${url}/${account}/messages`, message))),
    checkStatus: (refs) =>
      Promise.all(refs.map(({ providerMessageId }) => ask(`${url}/${account}/messages/${providerMessageId}`))),
    close: async () => {},
  }),
  publicSettings: () => ({}),
  longestCallMs: () => 5_000,
  setUp: {
    postsNotifications: true,
    admitsByAddress: false,
    mends: { credentials: "Compare account.", forbidden: "Compare account.", configuration: "Compare url." },
  },
};

function prepare({ card, sms, chosen }: TwoLegContent): PreparedContent | { issues: ContentIssue[] } {
  const [first = "", kind = "sms"] = card === undefined ? [sms, "sms" as const] : [card, "card" as const];
  const template = parseTemplate(first);
  if (!template.ok || first === "") {
    return { issues: [{ path: "content", level: "error", code: "broken", message: "it holds no text" }] };
  }
  const alone = card !== undefined && sms !== undefined ? prepare({ sms }) : null;
  return {
    content: {
      ...(card === undefined ? {} : { card }),
      ...(sms === undefined ? {} : { sms }),
      ...(chosen && { chosen }),
    },
    variables: template.variables,
    warnings: [],
    channel: kind === "sms" ? "sms" : chosen ? null : "rcs",
    fallback: alone && !("issues" in alone) ? alone : null,
    render(values) {
      const rendered = template.render(values);
      const text = rendered.ok ? rendered.text : "";
      return {
        payload: { kind, text } satisfies Payload,
        segments: kind === "sms" ? 2 : 1,
        preview: text,
        warnings: [],
      };
    },
  };
}

async function send(url: string, { recipient, payload }: OutgoingMessage): Promise<AttemptOutcome> {
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", body: JSON.stringify({ to: recipient, ...(payload as Payload) }) });
  } catch {
    return { kind: "unknown", reason: "the connection broke" };
  }
  if (response.status !== 202) {
    const knobs = { ambiguousStatuses: [], retry504: true };
    return decideByStatus(response.status, knobs, { reason: `HTTP ${response.status}` });
  }
  const { msgId, channel } = (await response.json()) as { msgId: string; channel: string };
  return { kind: "accepted", providerMessageId: msgId, providerOrderId: null, channel };
}

async function ask(url: string): Promise<StatusAnswer> {
  const response = await fetch(url);
  if (response.status === 404) return { kind: "not-known", reason: "HTTP 404" };
  if (!response.ok) return { kind: "failed-check", reason: `HTTP ${response.status}` };
  const { status } = (await response.json()) as { status: "sent" | "delivered" | "failed" };
  return { kind: "status", state: status, rawStatus: status, at: null };
}
