import { type CallAnswer, readCall } from "./call-answer.ts";
import { asWord, isObject } from "./json.ts";
import type { SignedCaller } from "./signed-caller.ts";

/** The states of a channel (protocol notes §8); `means` follows an "is". The docs misspell the third; SDKs write it right. */
export const channelStates = {
  ACTIVE: { means: "normal", canSend: true },
  DELETED: { means: "deleted, but can be restored", canSend: false },
  DELETING_PERMANENTLY: { means: "being deleted for good", canSend: false },
  PERMANENTLY_DELETED: { means: "deleted for good", canSend: false },
  BLOCKED: { means: "blocked by Kakao", canSend: false },
  PENDING_DELETE: { means: "waiting for a deletion that is delayed", canSend: false },
} as const;

export type ChannelState = keyof typeof channelStates;

export interface SensChannel {
  /** With its `@`. */
  channelId: string;
  channelName: string;
  /** One of {@link ChannelState} unless the carrier invents another. */
  channelStatus: ChannelState | (string & {});
  /** The default that holds where a message does not say; this package always says. */
  useSmsFailover: boolean;
  failoverServiceId: string | null;
  failoverTelNo: string | null;
  isBlock: boolean;
  isDormant: boolean;
  createTime: string | null;
  updateTime: string | null;
}

/** One entry of the carrier's list; undefined when it is no channel. */
export function readChannel(value: unknown): SensChannel | undefined {
  const channelId = isObject(value) ? asWord(value.channelId) : undefined;
  if (!isObject(value) || channelId === undefined) return undefined;
  const state = asWord(value.channelStatus)?.toUpperCase() ?? "";
  return {
    channelId,
    channelName: asWord(value.channelName) ?? channelId,
    channelStatus: state === "DELETING_PERMANETLY" ? "DELETING_PERMANENTLY" : state,
    useSmsFailover: value.useSmsFailover === true,
    failoverServiceId: asWord(value.failoverServiceId) ?? null,
    failoverTelNo: asWord(value.failoverTelNo) ?? null,
    isBlock: value.isBlock === true,
    isDormant: value.isDormant === true,
    createTime: asWord(value.createTime) ?? null,
    updateTime: asWord(value.updateTime) ?? null,
  };
}

/** All channels of the service (protocol notes §8): one call, a bare list. */
export async function listChannels(context: {
  caller: SignedCaller;
  path: string;
  credentials: readonly string[];
}): Promise<CallAnswer<SensChannel[]>> {
  const result = await context.caller.call({ method: "GET", target: context.path });
  const answer = readCall(result, context.credentials, (json) =>
    Array.isArray(json) ? json.map(readChannel).filter((channel) => channel !== undefined) : undefined,
  );
  return answer.kind === "nothing" && answer.isProof ? { kind: "ok", value: [] } : answer;
}

/** The channel's state in words that follow an "is". */
export function channelMeans(channel: SensChannel): string {
  return stateOf(channel)?.means ?? "in an unknown state";
}

function stateOf({ channelStatus }: SensChannel) {
  return Object.hasOwn(channelStates, channelStatus) ? channelStates[channelStatus as ChannelState] : undefined;
}

/** Why nothing can be sent by a channel, or that its failover would do nothing; empty when all is well. */
export function channelFaults(channel: SensChannel, wantsFailover: boolean): string[] {
  const { channelId, channelStatus, isBlock, isDormant } = channel;
  const faults: string[] = [];
  if (stateOf(channel)?.canSend !== true)
    faults.push(`channel ${channelId} is ${channelMeans(channel)} (${channelStatus})`);
  else if (isBlock) faults.push(`channel ${channelId} is blocked by Kakao`);
  if (isDormant) faults.push(`channel ${channelId} is dormant; wake it in the console`);
  if (wantsFailover && !hasFailover(channel)) {
    faults.push(`channel ${channelId} has no failover set up, so no SMS will be sent; set it up in the console`);
  }
  return faults;
}

/** Service and number are optional in the carrier's answer (protocol notes §8): the setting itself counts as well. */
export function hasFailover({ useSmsFailover, failoverServiceId, failoverTelNo }: SensChannel): boolean {
  return useSmsFailover || failoverServiceId !== null || failoverTelNo !== null;
}
