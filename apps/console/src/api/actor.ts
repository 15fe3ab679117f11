import type { FastifyRequest } from "fastify";

/** Who asks, as the audit has it: `api-key:shop` for a program, `user:operator` for a person. */
export function actorOf({ caller, session }: Pick<FastifyRequest, "caller" | "session">): string {
  return session ? `user:${session.name}` : `api-key:${caller}`;
}
