import type { AccountAnswer, NoAnswer } from "@hikyaku/core";
import type { CallAnswer } from "./call-answer.ts";
import type { SensClient } from "./sens-client.ts";
import { inspectionStateOf } from "./template-states.ts";

/** So many templates at most are asked for by themselves: those with something to read in them. */
const mostDetails = 50;

/**
 * All channels of the service and all templates of the route's channel (protocol notes §8, §9.1). The list has no comments of the inspectors;
 * those of templates that can be asked about (in inspection, returned) are fetched one by one.
 */
export async function readAccount(client: Pick<SensClient, "listChannels" | "listTemplates">): Promise<AccountAnswer> {
  const channels = await client.listChannels();
  if (channels.kind !== "ok") return noAnswer(channels);
  const list = await client.listTemplates();
  if (list.kind !== "ok") return noAnswer(list);
  const templates = new Map(list.value.map((template) => [template.templateCode, template]));
  const inDiscussion = list.value.filter(
    ({ templateInspectionStatus: word }) => inspectionStateOf(word)?.canInquire === true,
  );
  for (const { templateCode } of inDiscussion.slice(0, mostDetails)) {
    const details = await client.listTemplates({ templateCode });
    if (details.kind !== "ok") return noAnswer(details);
    const found = details.value.find((template) => template.templateCode === templateCode);
    if (found !== undefined) templates.set(templateCode, found);
  }
  return { kind: "account", channels: channels.value, templates: [...templates.values()] };
}

/** Why a list of the account can't be told. */
export function noAnswer(answer: Exclude<CallAnswer<unknown>, { kind: "ok" }>): NoAnswer {
  switch (answer.kind) {
    case "nothing":
    case "refused":
      return { kind: "failed-check", reason: answer.reason };
    case "throttled":
    case "held":
    case "failed-check":
      return answer;
    default:
      return answer satisfies never;
  }
}
