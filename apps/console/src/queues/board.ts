import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import type { EventJob, Lane, SendJob } from "@hikyaku/queue";
import type { FastifyInstance } from "fastify";
import type { RouteQueues } from "./open-queues.ts";

/** Where it is mounted. */
export const boardPath = "/queues";

/**
 * What a person may do to jobs: try again, hurry, remove. A job is only a hint to look into the ledger, so none of it can
 * lose or double a message. Everything else is refused, reading aside: a paused queue would be filled on by the feeder, a
 * concurrency limit of BullMQ stands still after a crash, and a job written by hand helps nobody.
 */
const allowedChanges = new Set([
  "/api/queues/:queueName/retry/:queueStatus",
  "/api/queues/:queueName/promote",
  "/api/queues/:queueName/clean/:queueStatus",
  "/api/queues/:queueName/:jobId/retry",
  "/api/queues/:queueName/:jobId/clean",
  "/api/queues/:queueName/:jobId/promote",
]);

const laneNames: Record<Lane, string> = {
  campaign: "campaigns",
  single: "single messages",
};

const laneDescriptions: Record<Lane, string> = {
  campaign:
    "The next seconds of this route's campaigns, kept filled from the ledger. A job names some messages by their ids.",
  single: "Transactional messages of this route, one a job. No campaign stands before them.",
};

/** Bull Board over the send queues of every route, and the queue of every place that events go to. Who may see it is for the caller to check. */
export async function registerBoard(
  app: FastifyInstance,
  { queues, readOnly }: { queues: RouteQueues; readOnly: boolean },
): Promise<void> {
  const adapters = [...queues.byRoute].flatMap(([route, { queues: lanes }]) =>
    (Object.keys(laneNames) as Lane[]).map((lane) => {
      return new BullMQAdapter(lanes[lane], {
        displayName: `${route} – ${laneNames[lane]}`,
        description: `Route ${route}: ${laneDescriptions[lane]}`,
        readOnlyMode: readOnly,
        externalJobUrl: ({ data }) => pageOf(data as SendJob),
      });
    }),
  );
  const eventAdapters = [...queues.byEndpoint].map(([name, { queue }]) => {
    return new BullMQAdapter(queue, {
      displayName: name === "*" ? "events" : `${name} – events`,
      description: `What is told to your own system${name === "*" ? "" : ` of route ${name}`}: an event a job, by its id. Those that were not taken are delayed; given up, they are failed.`,
      readOnlyMode: readOnly,
      externalJobUrl: ({ data }) => ({ displayText: "Event", href: `/events/${(data as EventJob).id}` }),
    });
  });
  const serverAdapter = new FastifyAdapter().setBasePath(boardPath);
  createBullBoard({
    queues: [...adapters, ...eventAdapters],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: "Hikyaku queues",
        miscLinks: [{ text: "Back to Hikyaku", url: "/" }],
        hideDocsLink: true,
      },
      handlerHooks: {
        before: ({ method, route }) => {
          if (method === "get" || allowedChanges.has(route)) return { allow: true };
          return {
            allow: false,
            status: 403,
            message: "Not here: pause the campaign, or hold the route, on the pages of Hikyaku",
          };
        },
      },
    },
  });

  // The board sends changes without a body and calls them JSON all the same.
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch (error) {
      done(error as Error);
    }
  });
  await app.register(serverAdapter.registerPlugin() as never, { prefix: boardPath } as never);
}

/** The page that tells what the job is about. */
function pageOf({ campaignId, ids }: SendJob): { displayText: string; href: string } {
  return campaignId === null
    ? { displayText: "Message", href: `/messages/${ids[0]}` }
    : { displayText: "Campaign", href: `/campaigns/${campaignId}` };
}
