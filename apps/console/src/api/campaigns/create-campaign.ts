import type { CampaignOptions } from "@hikyaku/producer";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { idempotencyHeaders } from "../idempotency-key.ts";
import { answer, problemAnswers } from "../problem-answers.ts";
import { campaignFields, warningSchema } from "./campaign-fields.ts";
import { campaignSchema } from "./campaign-schema.ts";
import { showCampaign } from "./find-by-name.ts";

const body = z.strictObject(campaignFields).meta({
  examples: [
    {
      route: "coupon-sms",
      name: "December coupon",
      class: "advertising",
      text: "株式会社飛脚堂です。#{name}様に12月のクーポン: https://example.jp/c/#{code} 配信停止: https://example.jp/stop",
      window: "10:00-18:00 Asia/Tokyo",
    },
  ],
});

const created = z
  .object({
    ...campaignSchema.shape,
    created: z.boolean().describe("False when the key was known already: this is the campaign it made then."),
    warnings: z.array(warningSchema),
  })
  .meta({ id: "CreatedCampaign", description: "A campaign, and whether this request made it." });

/** `POST /v1/campaigns` */
export function createCampaignRoute(app: Api, { producer, ledger }: ConsoleDeps): void {
  app.route({
    method: "POST",
    url: "/campaigns",
    schema: {
      operationId: "createCampaign",
      tags: ["Campaigns"],
      summary: "Create a campaign",
      description:
        "A draft without recipients. The `Idempotency-Key` is the campaign's key: the same key with the same content answers the same campaign, with other content it is a conflict.",
      headers: idempotencyHeaders,
      body,
      response: {
        201: answer("Created; `Location` is its path.", created),
        200: answer("The key was known: the campaign as it is now.", created),
        ...problemAnswers(
          "missing-idempotency-key",
          "campaign-conflict",
          "invalid-content",
          "unknown-route",
          "unsupported-route",
        ),
      },
    },
    async handler(request, reply) {
      const key = request.headers["idempotency-key"];
      const result = await producer.createCampaign({
        ...{ key, ...request.body, by: actorOf(request) },
      } as CampaignOptions);
      const { view } = await showCampaign(ledger.sql, result.id);
      return reply
        .code(result.created ? 201 : 200)
        .header("location", `/v1/campaigns/${result.id}`)
        .send({ ...view, created: result.created, warnings: result.warnings });
    },
  });
}
