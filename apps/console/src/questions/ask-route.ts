import type { RouteConfig } from "@hikyaku/config";
import { openQuestions, QuestionError, type Questions, ReservationError } from "@hikyaku/engine";
import type { ConsoleDeps } from "../console-deps.ts";
import { Problem } from "../problems/problem.ts";
import type { ProblemName } from "../problems/problem-types.ts";

const problems = {
  "not-offered": "not-offered",
  "not-proven": "not-offered",
  held: "route-held",
  refused: "gateway-refuses",
  failing: "gateway-silent",
} as const satisfies Record<QuestionError["fault"], ProblemName>;

/** @throws Problem when this console has no credentials for it */
export function configuredRoute({ config }: Pick<ConsoleDeps, "config">, name: string): RouteConfig {
  const route = Object.hasOwn(config.routes, name) ? config.routes[name] : undefined;
  if (route !== undefined) return route;
  throw new Problem("route-not-found", { detail: `route: "${name}" is not in the configuration of this console` });
}

/** Runs `work` with questions to a route's carrier; what can't be asked or answered is a problem. */
export async function askRoute<T>(
  { config, findProvider, ledger, connections, log }: ConsoleDeps,
  route: RouteConfig,
  work: (questions: Questions) => Promise<T>,
  how: { fullRate?: boolean } = {},
): Promise<T> {
  const onError = (err: unknown) => log.warn({ err, route: route.name }, "Redis fault");
  try {
    await using questions = await openQuestions({ config, findProvider, ledger, connections, onError }, route, how);
    return await work(questions);
  } catch (error) {
    if (error instanceof QuestionError)
      throw new Problem(problems[error.fault], { detail: error.message, cause: error });
    if (error instanceof ReservationError) {
      const problem = error.fault === "not-known" ? "reservation-not-found" : "reservation-not-cancellable";
      throw new Problem(problem, { detail: error.message, cause: error });
    }
    throw error;
  }
}
