import { messageStates } from "@hikyaku/core";
import { type MessageFilter, requestStates } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { openNumberReader } from "../../recipients/read-number.ts";
import { findByName } from "../campaigns/find-by-name.ts";

/** What the history can be searched by; several narrow each other. */
export const messageQuery = {
  from: z.iso.datetime({ offset: true }).optional().describe("Only those enqueued at or after this moment."),
  until: z.iso.datetime({ offset: true }).optional().describe("Only those enqueued before this moment."),
  route: z.string().optional(),
  campaign: z.string().min(1).max(200).optional().describe("Only those of this campaign, by its id or key."),
  to: z.string().min(1).max(50).optional().describe("A phone number in any usual spelling (`+` is `%2B` in a URL)."),
  state: z.enum(messageStates).optional().describe("What became of it."),
  request: z
    .enum(requestStates)
    .optional()
    .describe("What its request came to: taken by the carrier, refused or given up before that, or neither yet."),
  template: z.string().max(200).optional().describe("Code of the template it is sent by."),
  requestId: z.string().max(600).optional().describe("The carrier's id of the request or of the message."),
};

export type MessageQuery = z.output<z.ZodObject<typeof messageQuery>>;

/**
 * Makes the ledger's filter of a query.
 * @throws Problem `campaign-not-found`, `invalid-number`
 */
export function openFilterReader({ ledger: { sql }, findProvider }: Pick<ConsoleDeps, "ledger" | "findProvider">) {
  return async (query: MessageQuery): Promise<MessageFilter> => {
    const { to, from, until, route, campaign, state, request, template, requestId } = query;
    return {
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(until === undefined ? {} : { until: new Date(until) }),
      ...(route === undefined ? {} : { route }),
      ...(campaign === undefined ? {} : { campaignId: (await findByName(sql, campaign)).id }),
      ...(to === undefined ? {} : { recipient: await recipientOf(to) }),
      ...(state === undefined ? {} : { state }),
      ...(request === undefined ? {} : { request }),
      ...(template === undefined ? {} : { templateCode: template }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  };

  async function recipientOf(to: string): Promise<string> {
    const number = (await openNumberReader({ sql, findProvider }))(to);
    if (number.ok) return number.recipient;
    throw new Problem("invalid-number", { errors: [{ parameter: "to", detail: number.reason, code: number.code }] });
  }
}
