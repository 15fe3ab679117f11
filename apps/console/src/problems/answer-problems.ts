import type { Logger } from "@hikyaku/engine";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { KnownPaths } from "./known-paths.ts";
import { Problem } from "./problem.ts";
import { problemOf } from "./problem-of.ts";

/** Writes a problem for who asked: an API caller gets `application/problem+json`, a person a page. */
export type ProblemPage = (problem: Problem, request: FastifyRequest) => string;

export type Answer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** The one place where errors become answers. Answers the way to do so, for hooks that must not throw. */
export function answerProblems(
  app: FastifyInstance,
  { log, paths, page }: { log: Logger; paths: KnownPaths; page: ProblemPage },
): Answer {
  const answer: Answer = (error, request, reply) => {
    const problem = problemOf(error);
    const instance = `urn:request:${request.id}`;
    if (problem.status >= 500) {
      log.error({ instance, problem: problem.type, err: withoutRow(problem.cause ?? problem) }, "request failed");
    }
    reply.code(problem.status).headers({ "cache-control": "no-store", ...problem.parts.headers });
    if (wantsPage(request)) return reply.type("text/html; charset=utf-8").send(page(problem, request));
    // As bytes: to a text of JSON Fastify would add a charset, which this type does not have.
    return reply.type("application/problem+json").send(Buffer.from(JSON.stringify(problem.body(instance))));
  };
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request, reply) => {
    const allow = paths.methodsOf(pathOf(request));
    const problem =
      allow.length > 0
        ? new Problem("method-not-allowed", {
            detail: `${request.method} is not taken here; ${allow.join(", ")} ${allow.length === 1 ? "is" : "are"}`,
            headers: { allow: allow.join(", ") },
          })
        : new Problem("not-found");
    return answer(problem, request, reply);
  });
  return answer;
}

/** A browser that asked for a page; never below `/v1`. */
export function wantsPage(request: FastifyRequest): boolean {
  return !/^\/v1(?:\/|$)/.test(pathOf(request)) && (request.headers.accept ?? "").includes("text/html");
}

function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split("?", 1)[0] ?? "/";
}

/** PostgreSQL tells whole rows in `detail` and `where`; they hold numbers, so only the rest is for the log. */
function withoutRow(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  return { type: name, message, stack, code: (error as { code?: unknown }).code };
}
