import { areOpen, type DeliveryWindow, mayGoOutFrom } from "@hikyaku/core";
import type { CampaignCounts, CampaignRow } from "@hikyaku/ledger";
import type { Progress } from "../progress/progress-of.ts";
import type { Pace } from "../progress/watch-pace.ts";
import type { RouteState } from "../routes/route-states.ts";
import { type Html, html } from "./html.ts";
import { type Clock, number, plural, span, windowsText } from "./words.ts";

/** A campaign and all that decides whether it sends at this moment. */
export interface CampaignNow {
  campaign: CampaignRow;
  counts: CampaignCounts;
  progress: Progress;
  route: RouteState | null;
  /** All must be open for it to go out. */
  windows: readonly DeliveryWindow[];
  pace: Pace | null;
  now: Date;
  clock: Clock;
}

/** Nothing has moved for so long although it could: somebody should look. */
const standingTooLongMs = 20_000;

/** Why it does not send at this moment, if it does not. The first reason that holds is the one that counts. */
export function situation({ campaign, counts, progress, route, windows, pace, now, clock }: CampaignNow): Html | null {
  const { state } = campaign;
  if (state === "paused") {
    return html`<p class="alert warn"><b>Paused</b>${campaign.pausedAt && html` since ${clock.short(campaign.pausedAt)}`}: ${campaign.pauseReason ?? "no reason given"}. Receipts still come in. ${number(progress.queued)} are left to send.</p>`;
  }
  if (state === "cancelled") {
    const stopped = counts.queued + counts.cancelled;
    return html`<p class="alert warn"><b>Cancelled</b>${campaign.cancelledAt && html` at ${clock.full(campaign.cancelledAt)}`}: ${number(counts.everAccepted)} had gone out, ${counts.sending > 0 && html`${number(counts.sending)} ${counts.sending === 1 ? "is" : "are"} at the gateway now, `}${counts.unknown > 0 && html`${number(counts.unknown)} ${counts.unknown === 1 ? "is" : "are"} of unknown outcome, `}${number(stopped)} will never be sent.</p>`;
  }
  if (state === "ready" && campaign.startAt) {
    return html`<p class="alert good"><b>Starts by itself</b> at ${clock.full(campaign.startAt)}.</p>`;
  }
  if (state === "importing") {
    return html`<p class="alert warn"><b>Its recipients are being imported</b>, or the import was cut off; the same upload or command again goes on where it stopped. ${plural(campaign.importedRows, "row")} so far.</p>`;
  }
  if (state === "running" && campaign.fallback && progress.queued + progress.sending === 0) {
    return html`<p class="alert good"><b>All have gone out.</b> Whoever has not got the message ${span(campaign.fallback.afterMs)} after its acceptance gets the second leg; so it still runs, and can be paused.</p>`;
  }
  if (state !== "running" || progress.queued === 0) return null;
  if (route?.held) {
    return html`<p class="alert danger"><b>Nothing goes out: its route is held.</b> ${route.held.reason ?? route.held.cause} <a href="/routes">Routes</a></p>`;
  }
  if (!areOpen(windows, now)) {
    const opening = mayGoOutFrom(windows, now);
    return html`<p class="alert warn"><b>Outside its delivery window</b> (${windowsText(windows)}). ${opening ? html`It goes on by itself at ${clock.short(opening)}.` : "The windows never open together, so it never goes on: cancel it, or mend the windows of its class in the configuration."}</p>`;
  }
  if (pace && pace.standingMs > standingTooLongMs) {
    return html`<p class="alert danger"><b>Nothing has gone out for ${span(pace.standingMs)}</b> although it could. Is a worker running? <a href="/routes">Routes</a> shows who is connected.</p>`;
  }
  return null;
}
