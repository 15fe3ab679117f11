import type { FastifyRequest } from "fastify";
import { Problem } from "../problems/problem.ts";

/**
 * What changes something must come from our own pages. Browsers say where a request comes from: `Sec-Fetch-Site` over HTTPS
 * and to localhost, `Origin` always with a POST. Neither can be set by another site's script.
 *
 * @throws Problem `cross-site`
 */
export function requireSameOrigin(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers["sec-fetch-site"];
  if (site === "same-origin") return;
  const { origin } = request.headers;
  if (site === undefined && origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.host)
    return;
  throw new Problem("cross-site");
}
