import { type CallAnswer, readCall } from "./call-answer.ts";
import { withQuery } from "./endpoint.ts";
import type { SignedCaller } from "./signed-caller.ts";
import { readTemplate, type SensTemplate } from "./template.ts";

export interface TemplateQuery {
  /** That one, with the inspector's comments. */
  templateCode?: string;
  /** Those whose name contains it. */
  templateName?: string;
}

const pageSize = 100;
/** A channel with more templates than this is not read to its end. */
const mostPages = 100;

/** The templates of the route's channel, all pages (protocol notes §9.1). No count is told, so a page that is not full is the last. */
export async function listTemplates(
  query: TemplateQuery,
  context: { caller: SignedCaller; path: string; plusFriendId: string; credentials: readonly string[] },
): Promise<CallAnswer<SensTemplate[]>> {
  const templates: SensTemplate[] = [];
  for (let pageIndex = 0; pageIndex < mostPages; pageIndex++) {
    const page = { channelId: context.plusFriendId, ...query, pageSize, pageIndex };
    const result = await context.caller.call({ method: "GET", target: withQuery(context.path, page) });
    const answer = readCall(result, context.credentials, (json) => (Array.isArray(json) ? json : undefined));
    // No match is an empty list or an empty 404 (protocol notes §9.1).
    if (answer.kind === "nothing" && answer.isProof) break;
    if (answer.kind !== "ok") return answer;
    templates.push(...answer.value.map(readTemplate).filter((template) => template !== undefined));
    if (answer.value.length < pageSize) break;
  }
  return { kind: "ok", value: templates };
}
