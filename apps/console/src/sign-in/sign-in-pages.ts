import type { Config } from "@hikyaku/config";
import type { Logger } from "@hikyaku/engine";
import type { FastifyInstance } from "fastify";
import { type Html, html } from "../pages/html.ts";
import { layout } from "../pages/layout.ts";
import { span } from "../pages/words.ts";
import type { Answer } from "../problems/answer-problems.ts";
import { Problem } from "../problems/problem.ts";
import type { Attempts } from "./attempts.ts";
import { formOf, readForms } from "./read-form.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { sessionCookie } from "./session-guard.ts";
import type { Sessions } from "./sessions.ts";

export interface SignInDeps {
  config: Config;
  log: Logger;
  isRight: (name: string, password: string) => boolean;
  attempts: Attempts;
  sessions: Sessions;
  answer: Answer;
}

/** `/sign-in` and `/sign-out` */
export function signInPages(app: FastifyInstance, deps: SignInDeps): void {
  const { config, log, isRight, attempts, sessions, answer } = deps;
  readForms(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (config.console.users.length === 0) return answer(new Problem("pages-closed"), request, reply);
    requireSameOrigin(request);
  });

  app.get("/sign-in", async (request, reply) => {
    const { next } = request.query as { next?: string };
    if (sessions.read(request.cookies[sessionCookie])) return reply.redirect(localPath(next), 303);
    return reply.type("text/html; charset=utf-8").send(form({ next: localPath(next) }));
  });

  app.post("/sign-in", async (request, reply) => {
    const fields = formOf(request);
    const name = fields.get("name") ?? "";
    const next = localPath(fields.get("next") ?? undefined);
    const again = (status: number, fault: string) =>
      reply.code(status).type("text/html; charset=utf-8").send(form({ next, name, fault }));

    const waitMs = attempts.waitMs(request.ip, name);
    if (waitMs > 0) {
      log.warn({ address: request.ip }, "sign-in refused: too many attempts");
      reply.header("retry-after", Math.ceil(waitMs / 1_000));
      return again(429, `Too many attempts. Try again in ${span(waitMs)}.`);
    }
    if (!isRight(name, fields.get("password") ?? "")) {
      attempts.failed(request.ip, name);
      log.warn({ address: request.ip }, "sign-in refused: wrong name or password");
      return again(401, "Name or password is wrong.");
    }
    attempts.succeeded(request.ip, name);
    const { token, session } = sessions.begin(name);
    log.info({ user: name, address: request.ip }, "signed in");
    return reply
      .setCookie(sessionCookie, token, {
        path: "/",
        httpOnly: true,
        sameSite: "lax",
        secure: request.protocol === "https",
        expires: session.expiresAt,
      })
      .redirect(next, 303);
  });

  app.post("/sign-out", async (request, reply) => {
    const session = sessions.read(request.cookies[sessionCookie]);
    if (session) sessions.end(session);
    return reply.clearCookie(sessionCookie, { path: "/" }).redirect("/sign-in", 303);
  });
}

/** Only ever a path of ours: a link must not send people elsewhere after they signed in. */
function localPath(next: string | undefined): string {
  if (!next?.startsWith("/") || !URL.canParse(next, "http://console")) return "/";
  const url = new URL(next, "http://console");
  return url.origin === "http://console" ? `${url.pathname}${url.search}` : "/";
}

function form({ next, name = "", fault }: { next: string; name?: string; fault?: string }): string {
  const main: Html = html`<h1>Sign in</h1>
${fault && html`<p class="alert danger" role="alert">${fault}</p>`}
<form class="card stack" method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label>Name<input name="name" value="${name}" autocomplete="username" autocapitalize="none" required${name === "" && html` autofocus`}></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required${name !== "" && html` autofocus`}></label>
<button class="primary">Sign in</button>
</form>
<p class="soft small">Users stand in <code>console.users</code> of hikyaku.yaml.</p>`;
  return layout({ title: "Sign in", main, narrow: true }, { user: null });
}
