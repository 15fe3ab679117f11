import { windowsInForce } from "@hikyaku/core";
import {
  type CampaignRow,
  campaignReport,
  cancelCampaign,
  discardImport,
  findCampaign,
  pauseCampaign,
  resumeCampaign,
} from "@hikyaku/ledger";
import * as z from "zod";
import { CampaignNotFoundError, CampaignStateError } from "../errors/campaign-errors.ts";
import { checkReservation } from "../law/check-reservation.ts";
import type { CampaignRef, Producer } from "../producer.ts";
import { createWarningTally, type ImportWarning } from "../recipients/warning-tally.ts";
import { readCampaignOptions } from "../request/campaign-options.ts";
import { instant, label, readFields } from "../request/read-fields.ts";
import { secondLegOf, withSecondTemplate } from "../request/second-leg.ts";
import { sourceFields } from "../request/source-options.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import { checkNow } from "../templates/check-now.ts";
import { checkLegs, templateLegs } from "../templates/template-legs.ts";
import { withTemplate } from "../templates/with-template.ts";
import { campaignResult, campaignStatus, factsOf } from "./campaign-result.ts";
import type { CampaignContext } from "./context.ts";
import { createDraft } from "./create-draft.ts";
import { heldByCarrier } from "./held-by-carrier.ts";
import { importSource } from "./import-source.ts";
import { lockImport } from "./lock-import.ts";
import { startImported } from "./start.ts";

type ControlName =
  | "createCampaign"
  | "importRecipients"
  | "discardImport"
  | "startCampaign"
  | "pauseCampaign"
  | "resumeCampaign"
  | "cancelCampaign"
  | "findCampaign"
  | "campaignReport";

const refSchema = z.union([z.strictObject({ id: label }), z.strictObject({ key: label })], "{ id } or { key }");
const sourceSchema = z.strictObject(sourceFields, "an object with recipients");
const startSchema = z.strictObject({ startAt: instant.optional() }, "an object such as { startAt }");
const pauseSchema = z.strictObject({ reason: label.default("paused by operator") }, "an object such as { reason }");

/** The steps of a campaign's life, one call each. */
export function controlCampaigns(context: CampaignContext): Pick<Producer, ControlName> {
  const { sql, routes, locks, wakeFeeder } = context;

  const find = (ref: CampaignRef) => findCampaign(sql, readFields(refSchema, ref));

  async function get(ref: CampaignRef): Promise<CampaignRow> {
    const campaign = await find(ref);
    if (!campaign) throw new CampaignNotFoundError(ref);
    return campaign;
  }

  /** Between import and start days may pass: a template may be stopped, and the time of a reservation be gone. */
  async function checkBeforeStart(campaign: CampaignRow, startAt: Date | undefined): Promise<ImportWarning[]> {
    const { route, content, validUntil } = campaign;
    const { rules, classRules } = await routes.find(route);
    const from = startAt ?? campaign.startAt ?? new Date();
    if (rules.templates !== undefined) {
      const prepared = prepareContent(rules, content);
      checkReservation({ prepared, windows: windowsInForce(campaign, classRules), from, validUntil });
    }
    // At the moment of a later start they are read and compared again.
    return from > new Date()
      ? await checkLegs(sql, await templateLegs(routes, campaign))
      : await checkNow(context, campaign);
  }

  const status = async ({ id }: { id: string }) => campaignStatus(sql, await get({ id }));

  return {
    async createCampaign(options) {
      const { campaign, created, prepared, second } = await createDraft(context, readCampaignOptions(options));
      const warnings = createWarningTally([...prepared.warnings, ...(second?.warnings ?? [])]).list();
      return await campaignResult(sql, campaign.id, { created, warnings });
    },
    async importRecipients(ref, source) {
      readFields(sourceSchema, source);
      const campaign = await get(ref);
      const route = await routes.find(campaign.route);
      const { rules } = route;
      const stored = prepareContent(rules, campaign.content);
      const prepared = campaign.importedAt
        ? stored
        : await withTemplate(sql, { route: campaign.route, rules, prepared: stored });
      const first = { route: campaign.route, rules: route.rules, prepared };
      const follows = await secondLegOf(routes, campaign.fallback, first);
      const second = campaign.importedAt ? follows : await withSecondTemplate(sql, follows);
      const warnings = createWarningTally([...prepared.warnings, ...(second?.warnings ?? [])]);
      await importSource(context, { campaign, route, prepared, second, source, warnings });
      return await campaignResult(sql, campaign.id, { warnings: warnings.list() });
    },
    async discardImport(ref) {
      const campaign = await get(ref);
      const release = await lockImport(locks, campaign);
      try {
        if (!(await discardImport(sql, { campaignId: campaign.id }))) {
          throw new CampaignStateError(await get(ref), "its import is over and can't be taken back; cancel it instead");
        }
      } finally {
        await release();
      }
      return await status(campaign);
    },
    async startCampaign(ref, options = {}) {
      const { startAt } = readFields(startSchema, options);
      const campaign = await get(ref);
      const warnings = campaign.state === "ready" ? await checkBeforeStart(campaign, startAt) : [];
      await startImported(context, campaign, startAt);
      return { ...(await status(campaign)), warnings };
    },
    async pauseCampaign(ref, options = {}) {
      const { reason } = readFields(pauseSchema, options);
      const { id } = await get(ref);
      if (!(await pauseCampaign(sql, { campaignId: id, reason }))) {
        const now = await get(ref);
        if (now.state !== "paused") throw new CampaignStateError(now, "only a running campaign can be paused");
      }
      return await status({ id });
    },
    async resumeCampaign(ref) {
      const campaign = await get(ref);
      const { id, route } = campaign;
      const warnings = campaign.state === "paused" ? await checkNow(context, campaign) : [];
      if (await resumeCampaign(sql, { campaignId: id })) await wakeFeeder(route);
      else {
        const now = await get(ref);
        if (now.state !== "running") throw new CampaignStateError(now, "only a paused campaign can be resumed");
      }
      return { ...(await status({ id })), warnings };
    },
    async cancelCampaign(ref) {
      const campaign = await get(ref);
      const cancelled = await cancelCampaign(sql, { campaignId: campaign.id });
      if (!cancelled) throw new CampaignStateError(await get(ref), "nothing is left to cancel");
      const { accepted, ...numbers } = cancelled;
      const reserved = await heldByCarrier(routes, campaign, accepted);
      return { ...numbers, campaign: await status(campaign), reserved };
    },
    async findCampaign(ref) {
      const campaign = await find(ref);
      return campaign && (await campaignStatus(sql, campaign));
    },
    async campaignReport(ref) {
      const { id } = await get(ref);
      const report = await campaignReport(sql, { campaignId: id });
      if (!report) throw new CampaignNotFoundError(ref);
      return { ...report, campaign: factsOf(report.campaign) };
    },
  };
}
