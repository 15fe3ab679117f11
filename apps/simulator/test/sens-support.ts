import { createHmac } from "node:crypto";
import { Agent, request } from "undici";
import { type SensSimulator, type SensSimulatorOptions, startSensSimulator } from "../src/index.ts";

export const service = "/alimtalk/v2/services/ncp:kkobizmsg:kr:100000000002:demo";
export const smsService = "/sms/v2/services/ncp:sms:kr:100000000001:demo";

/** A SENS whose network takes no time worth waiting for. */
export function startFastSens(options: SensSimulatorOptions = {}): Promise<SensSimulator> {
  const timing = { resultMs: 0, listedAfterMs: 0, failoverMs: 0, smsMs: 0, ...options.timing };
  return startSensSimulator({ ...options, timing });
}

export interface SensCall {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Anything but a text is sent as JSON. */
  readonly body?: unknown;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly timestamp?: number | string;
  /** What is signed, where that is not what is sent. */
  readonly signedTarget?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface SensAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: SensJson;
}

type SensRow = Readonly<Record<string, unknown>>;

/** What tests look at in answers, whichever they are: of a send or a list, of one thing, or a bare list of things. */
export type SensJson = readonly SensRow[] & {
  readonly requestId: string;
  readonly requestTime: string;
  readonly reserveStatus: string;
  readonly errors: readonly string[];
  readonly messages: readonly SensRow[];
  readonly hasMore: boolean;
  readonly nextToken: string;
  readonly failover: SensRow;
  readonly [other: string]: unknown;
};

/** One signed call, on a connection of its own. */
export async function callSens(
  simulator: Pick<SensSimulator, "gatewayUrl">,
  target: string,
  call: SensCall = {},
): Promise<SensAnswer> {
  const { method = call.body === undefined ? "GET" : "POST", accessKey = "TestAccessKey" } = call;
  const timestamp = String(call.timestamp ?? Date.now());
  const signature = createHmac("sha256", call.secretKey ?? "TestSecretKey")
    .update(`${method} ${call.signedTarget ?? target}\n${timestamp}\n${accessKey}`)
    .digest("base64");
  const headers = {
    "x-ncp-apigw-timestamp": timestamp,
    "x-ncp-iam-access-key": accessKey,
    "x-ncp-apigw-signature-v2": signature,
    "content-type": call.body === undefined ? undefined : "application/json; charset=utf-8",
    ...call.headers,
  };
  const dispatcher = new Agent({ pipelining: 0 });
  try {
    const answer = await request(simulator.gatewayUrl + target, {
      method,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
      body: call.body === undefined ? null : typeof call.body === "string" ? call.body : JSON.stringify(call.body),
      dispatcher,
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      json: text === "" ? undefined : JSON.parse(text),
    };
  } finally {
    await dispatcher.close();
  }
}

/** The protocol's example (§5.1), to the given numbers. */
export function sensBody(
  to: readonly string[],
  changes: Record<string, unknown> = {},
  entry: Record<string, unknown> = {},
) {
  return {
    plusFriendId: "@demo_shop",
    templateCode: "ORDER01",
    messages: to.map((number) => ({
      countryCode: "82",
      to: number,
      content: "Hana, your order 1001 has been shipped.",
      buttons: [
        { type: "DS", name: "Track parcel" },
        {
          type: "WL",
          name: "Order page",
          linkMobile: "https://shop.example/o/1001",
          linkPc: "https://shop.example/o/1001",
        },
      ],
      useSmsFailover: false,
      ...entry,
    })),
    ...changes,
  };
}

export function sendSens(
  simulator: Pick<SensSimulator, "gatewayUrl">,
  to: readonly string[],
  changes: Record<string, unknown> = {},
  entry: Record<string, unknown> = {},
): Promise<SensAnswer> {
  return callSens(simulator, `${service}/messages`, { body: sensBody(to, changes, entry) });
}

/** Asks until `isRight`, for a state that comes by itself. */
export async function untilSens(
  ask: () => Promise<SensAnswer>,
  isRight: (answer: SensAnswer) => boolean,
): Promise<SensAnswer> {
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
