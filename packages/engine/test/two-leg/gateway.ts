import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What the gateway took from us. */
export interface Taken {
  to: string;
  kind: "card" | "sms";
  text: string;
  msgId: string;
  account: string;
}

/** A gateway of two channels on a real port: keeps what it takes, and answers what a test has told it to. */
export interface TwoLegGateway extends AsyncDisposable {
  url: string;
  taken: Taken[];
  /** Status questions answered, by msgId. */
  asked: string[];
  /** What the status call says; `sent` when nothing is told. Null: the gateway does not know it. */
  statuses: Map<string, string | null>;
  /** HTTP status of the status call; 200 lets it answer. */
  statusCallAnswers: number;
  /** By recipient: an HTTP status instead of taking the card, `lost` for a connection that breaks, `sms` where it sends an SMS instead. */
  cards: Map<string, number | "lost" | "sms">;
  to(recipient: string, kind?: Taken["kind"]): Taken[];
}

export async function startTwoLegGateway(): Promise<TwoLegGateway> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const [, account = "", , msgId] = (request.url ?? "").split("/");
    if (request.method === "GET") {
      gateway.asked.push(msgId ?? "");
      if (gateway.statusCallAnswers !== 200) return answer(gateway.statusCallAnswers, {});
      const status = gateway.statuses.get(msgId ?? "");
      return status === null ? answer(404, {}) : answer(200, { status: status ?? "sent" });
    }
    const { to, kind, text } = JSON.parse(await textOf(request)) as Pick<Taken, "to" | "kind" | "text">;
    const behaviour = kind === "card" ? gateway.cards.get(to) : undefined;
    if (behaviour === "lost") return request.socket.destroy();
    if (typeof behaviour === "number") return answer(behaviour, { message: "told to" });
    const taken = { to, kind: behaviour === "sms" ? ("sms" as const) : kind, text, msgId: randomUUID(), account };
    gateway.taken.push(taken);
    return answer(202, { msgId: taken.msgId, channel: taken.kind === "sms" ? "sms" : "rcs" });
  });
  const gateway: TwoLegGateway = {
    url: "",
    taken: [],
    asked: [],
    statuses: new Map(),
    statusCallAnswers: 200,
    cards: new Map(),
    to: (recipient, kind) =>
      gateway.taken.filter((each) => each.to === recipient && (kind === undefined || each.kind === kind)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gateway;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
