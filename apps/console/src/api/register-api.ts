import type { FastifyInstance } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import type { ConsoleDeps } from "../console-deps.ts";
import { checkRequest } from "../problems/request-faults.ts";
import type { Api } from "./api.ts";
import { createApiKeyGuard } from "./api-key-guard.ts";
import { auditRoute } from "./audit/audit-route.ts";
import { campaignListRoutes } from "./campaigns/campaign-lists.ts";
import { campaignReportRoute } from "./campaigns/campaign-report.ts";
import { controlCampaignRoutes } from "./campaigns/control-campaign.ts";
import { createCampaignRoute } from "./campaigns/create-campaign.ts";
import { importRecipientsRoute } from "./campaigns/import-recipients.ts";
import { listCampaignsRoute } from "./campaigns/list-campaigns.ts";
import { previewCampaignRoute } from "./campaigns/preview-campaign.ts";
import { takeUploads } from "./campaigns/uploaded-rows.ts";
import { contentRoutes } from "./content/content-routes.ts";
import { endpointRoutes } from "./events/endpoint-routes.ts";
import { eventRoutes } from "./events/event-routes.ts";
import { inboundRoutes } from "./inbound/inbound-routes.ts";
import { readJson } from "./json-body.ts";
import { exportMessagesRoute } from "./messages/export-messages.ts";
import { findMessagesRoutes } from "./messages/find-messages.ts";
import { sendMessageRoute } from "./messages/send-message.ts";
import { questionRoutes } from "./routes/question-routes.ts";
import { reservationRoutes } from "./routes/reservation-routes.ts";
import { routeRoutes } from "./routes/route-routes.ts";
import { scheduleRecipientsRoute } from "./schedules/schedule-recipients.ts";
import { scheduleRoutes } from "./schedules/schedule-routes.ts";
import { suppressionRoutes } from "./suppressions/suppression-routes.ts";
import { templateApiRoutes } from "./templates/template-routes.ts";
import { unknownRoutes } from "./unknown/unknown-routes.ts";
import { usageRoute } from "./usage/usage-route.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Name of the API key a request came with; empty where none is needed. */
    caller: string;
  }
}

/** Everything below `/v1`, for programs that carry an API key. */
export async function registerApi(app: FastifyInstance, deps: ConsoleDeps, stopping: AbortSignal): Promise<void> {
  const guard = createApiKeyGuard(deps.ledger);
  app.setValidatorCompiler(checkRequest);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser("text/plain");
  readJson(app);
  // Before the body is read: who has no key must not make us take in 16 MiB.
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    request.caller = (await guard(request.headers.authorization)).name;
  });

  const api = app as unknown as Api;
  createCampaignRoute(api, deps);
  listCampaignsRoute(api, deps);
  previewCampaignRoute(api, deps);
  controlCampaignRoutes(api, deps);
  campaignReportRoute(api, deps);
  campaignListRoutes(api, deps);
  contentRoutes(api, deps);
  sendMessageRoute(api, deps);
  findMessagesRoutes(api, deps);
  exportMessagesRoute(api, deps, stopping);
  templateApiRoutes(api, deps);
  inboundRoutes(api, deps);
  unknownRoutes(api, deps);
  suppressionRoutes(api, deps);
  eventRoutes(api, deps);
  endpointRoutes(api, deps);
  routeRoutes(api, deps);
  usageRoute(api, deps);
  auditRoute(api, deps);
  scheduleRoutes(api, deps);
  await app.register(async (child) => {
    const upload = child as unknown as Api;
    const rowsOf = takeUploads(upload, deps, stopping);
    importRecipientsRoute(upload, deps, rowsOf);
    scheduleRecipientsRoute(upload, deps, rowsOf);
  });
  questionRoutes(api, deps);
  reservationRoutes(api, deps);
}
