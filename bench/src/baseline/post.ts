import { Agent, request } from "undici";
import { benchText } from "../stage.ts";

/** The same request that our worker sends, by undici as its documentation shows it. */
export function createPost(gatewayUrl: string, concurrency: number) {
  const dispatcher = new Agent({ connections: concurrency, pipelining: 1 });
  const headers = {
    authorization: `Basic ${Buffer.from("user:password").toString("base64")}`,
    "content-type": "application/json",
    "x-plusmsg-mkn-authorization": "Bearer smsonly",
    "x-plusmsg-tmt-authorization": "Bearer smsonly",
    "x-plusmsg-gmp-authorization": "Bearer smsonly",
    "x-fallback": "2",
  };
  return async (to: string, n: number): Promise<string> => {
    const smsText = benchText.replace("#{n}", String(n));
    const smsTextEnc = Buffer.from(smsText, "utf16le").swap16().toString("base64");
    const response = await request(gatewayUrl, {
      method: "POST",
      dispatcher,
      headers,
      body: JSON.stringify({
        message: { messageContact: { userContact: to } },
        smsmessage: { smsNumber: "0312345678", smsText, smsTextEnc },
        dst: "0",
      }),
    });
    const body = (await response.body.json()) as { smsmessage?: { msgId?: string } };
    if (response.statusCode !== 202 || !body.smsmessage?.msgId) throw new Error(`answered ${response.statusCode}`);
    return body.smsmessage.msgId;
  };
}
