import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Simulator } from "../../simulator.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";
import { phoneList } from "./phone-list.ts";
import { phonePage } from "./phone-page.ts";
import { readableNumber } from "./words.ts";

const assets = {
  "phones.css": "text/css; charset=utf-8",
  "phones.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const;

/** Pictures and films of a message come from the company's own servers, as on a phone; everything else is ours. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' http: https:",
  "media-src http: https:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The pages of the phones: `/phones`, and one for each phone below it. */
export function registerPages(app: FastifyInstance, simulator: Omit<Simulator, "controlUrl">): void {
  for (const [name, type] of Object.entries(assets)) {
    const content = readFileSync(new URL(`./assets/${name}`, import.meta.url));
    app.get(`/assets/${name}`, (_request, reply) => reply.type(type).header("cache-control", "no-cache").send(content));
  }

  app.get("/", (_request, reply) => reply.redirect("/phones"));
  app.get<{ Querystring: { digits?: string } }>("/phones", ({ query }, reply) => {
    const digits = String(query.digits ?? "")
      .normalize("NFKC")
      .replace(/[^\d]/g, "");
    const number = numberOf(digits);
    if (number !== undefined) return reply.redirect(`/phones/${encodeURIComponent(number)}`);
    const main = html`<div class="welcome"><img src="/assets/icon.svg" alt="" width="72" height="72"><h1>電話を選んでください</h1><p>送られたメッセージが、受け取った人の画面のとおりに見えます。<br>返信する、ボタンを押す、読む、登録する、電源を切る、アプリを消す――どれもここからできます。</p></div>`;
    return send(reply, layout({ title: "電話", main, side: phoneList(simulator, digits), now: simulator.now() }));
  });
  app.get<{ Params: { number: string }; Querystring: { talk?: string; digits?: string } }>(
    "/phones/:number",
    ({ params, query }, reply) => {
      const { number } = params;
      if (!/^\+\d{8,15}$/.test(number)) return reply.redirect("/phones");
      const digits = String(query.digits ?? "").replace(/[^\d]/g, "");
      const side = phoneList(simulator, digits, number);
      const main = phonePage(simulator, number, query.talk);
      return send(reply, layout({ title: readableNumber(number), main, side, now: simulator.now() }));
    },
  );
}

/** A whole number, written as people do or as on the wire, opens its phone at once. */
function numberOf(digits: string): string | undefined {
  if (/^0[6-9]0\d{8}$/.test(digits)) return `+81${digits.slice(1)}`;
  return /^81[6-9]0\d{8}$/.test(digits) ? `+${digits}` : undefined;
}

function send(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("content-security-policy", policy)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer")
    .send(page);
}
