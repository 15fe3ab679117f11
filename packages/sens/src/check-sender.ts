import type { SenderAnswer } from "@hikyaku/core";
import { noAnswer } from "./account.ts";
import { channelFaults, channelMeans, hasFailover } from "./channels.ts";
import type { SensClient } from "./sens-client.ts";

/** How the route's channel stands: whether the service has it, and whether messages can go out by it (protocol notes §8). */
export async function checkSender(
  client: Pick<SensClient, "listChannels">,
  plusFriendId: string,
): Promise<SenderAnswer> {
  const channels = await client.listChannels();
  if (channels.kind !== "ok") return noAnswer(channels);
  const channel = channels.value.find(({ channelId }) => channelId === plusFriendId);
  if (channel === undefined) {
    const known = channels.value.map(({ channelId }) => channelId).join(", ");
    return {
      kind: "sender",
      says: `the service has no channel ${plusFriendId}; it has ${known === "" ? "none" : known}`,
      mend: "Set plusFriendId to the search ID of one of its channels, or serviceId to the service that has this one.",
    };
  }
  const faults = channelFaults(channel, false);
  if (faults.length > 0) {
    const mend = "Nothing goes out by it: see to it in the SENS console, or set plusFriendId to another channel.";
    return { kind: "sender", says: faults.join("; "), mend };
  }
  const sms = channel.failoverTelNo ?? (hasFailover(channel) ? "set up, number not told" : "not set up");
  const says = `channel ${plusFriendId} is ${channelMeans(channel)} (SMS in a failed message's place: ${sms})`;
  return { kind: "sender", says, mend: null };
}
