import type { FastifyInstance } from "fastify";
import { type Answer, wantsPage } from "../problems/answer-problems.ts";
import { Problem } from "../problems/problem.ts";
import { requireSameOrigin } from "./same-origin.ts";
import type { Session, Sessions } from "./sessions.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is signed in; null on what is open to everybody. */
    session: Session | null;
  }
}

export const sessionCookie = "hikyaku_session";

/**
 * Lets only people who are signed in see what is registered in `app`, and only its own pages change anything.
 *
 * Answers by itself instead of throwing: Bull Board has an error handler of its own, which would make a 500 of it.
 */
export function guardBySession(
  app: FastifyInstance,
  { sessions, hasUsers, answer }: { sessions: Sessions; hasUsers: boolean; answer: Answer },
): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (!hasUsers) return answer(new Problem("pages-closed"), request, reply);
    const session = sessions.read(request.cookies[sessionCookie]);
    if (!session) {
      if (request.method !== "GET" || !wantsPage(request)) return answer(new Problem("signed-out"), request, reply);
      return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
    }
    request.session = session;
    try {
      requireSameOrigin(request);
    } catch (error) {
      return answer(error, request, reply);
    }
  });
}
