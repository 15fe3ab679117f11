import { type Html, html } from "./html.ts";

export interface Page {
  title: string;
  main: Html;
  /** Which entry of the navigation it belongs to. */
  place?: Place;
  /** Milliseconds after which the page is looked at again; left out for pages that stand still. */
  refreshMs?: number;
  narrow?: boolean;
}

export type Place =
  | "campaigns"
  | "schedules"
  | "routes"
  | "unknown"
  | "templates"
  | "inbound"
  | "history"
  | "recipients"
  | "suppressions"
  | "events"
  | "usage"
  | "audit"
  | "api-keys"
  | "docs";

/** Who looks, and what every page says of the system. */
export interface Frame {
  /** Null when nobody is signed in. */
  user: string | null;
  /** Messages of unknown outcome, shown beside their entry. */
  unknown?: number;
  alerts?: readonly Html[];
  zone?: string;
}

const places: readonly (readonly [Place, string, string])[] = [
  ["campaigns", "/", "Campaigns"],
  ["schedules", "/schedules", "Schedules"],
  ["routes", "/routes", "Routes"],
  ["unknown", "/unknown", "Unknown"],
  ["templates", "/templates", "Templates"],
  ["inbound", "/inbound", "Replies"],
  ["history", "/history", "History"],
  ["recipients", "/recipients", "Recipients"],
  ["suppressions", "/suppressions", "Suppressions"],
  ["events", "/events", "Events"],
  ["usage", "/usage", "Usage"],
  ["audit", "/audit", "Audit"],
  ["api-keys", "/api-keys", "API keys"],
  ["docs", "/docs", "API"],
];

/** A whole document. */
export function layout(
  { title, main, place, refreshMs, narrow }: Page,
  { user, unknown, alerts, zone }: Frame,
): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} – Hikyaku</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
<script src="/assets/console.js" defer></script>
${refreshMs !== undefined && html`<noscript><meta http-equiv="refresh" content="${Math.max(5, refreshMs / 1_000)}"></noscript>`}
</head>
<body${refreshMs !== undefined && html` data-refresh="${refreshMs}"`}>
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="22" height="22">Hikyaku <span lang="ja">飛脚</span></a>
${
  user === null
    ? html`<nav></nav>`
    : html`<nav aria-label="Pages">${places.map(
        ([each, path, name]) =>
          html`<a href="${path}"${each === place && html` aria-current="page"`}>${name}${
            each === "unknown" &&
            html`<span id="unknown-count" data-part>${unknown ? html`<b class="count">${unknown.toLocaleString("en-US")}</b>` : null}</span>`
          }</a>`,
      )}<a href="/queues">Queues</a></nav>
<form class="user" method="post" action="/sign-out"><span>${user}</span><button class="link">Sign out</button></form>`
}
</header>
<main${narrow && html` class="narrow"`}>
<div id="alerts" data-part>${alerts}</div>
${main}
</main>
<footer>
${zone && html`<span>Times in ${zone}</span>`}
${refreshMs !== undefined && html`<span id="freshness" role="status"></span>`}
</footer>
</body>
</html>
`.text;
}
