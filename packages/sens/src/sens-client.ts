import type { AttemptOutcome, FurtherCalls, OutgoingMessage, ProviderClient, ReservationCalls } from "@hikyaku/core";
import { readAccount } from "./account.ts";
import type { CallAnswer } from "./call-answer.ts";
import { listChannels, type SensChannel } from "./channels.ts";
import { checkSender } from "./check-sender.ts";
import { checkStatus, type StatusContext } from "./check-status.ts";
import { type AlimtalkPayload, requestKeyOf } from "./content.ts";
import { endpointOf } from "./endpoint.ts";
import { type LookUpContext, lookUp } from "./look-up.ts";
import { alimtalk } from "./message.ts";
import { type ListFilter, type ListScope, listPage, type MessagePage } from "./message-list.ts";
import { cancelReservation, type Reservation, readReservation } from "./reservation.ts";
import { reservationCalls } from "./reservation-calls.ts";
import { reservedAt, reserveFault } from "./reserve-time.ts";
import type { SensRouteConfig } from "./route-config.ts";
import { type AlimtalkMessage, alimtalkRequestBody, readSendCall } from "./send.ts";
import { createSignedCaller, inTurns } from "./signed-caller.ts";
import type { SensTemplate } from "./template.ts";
import { listTemplates, type TemplateQuery } from "./template-list.ts";

/** The client of an AlimTalk route: what every provider's has, and SENS's own calls. None of them ever throws for what the carrier does. */
export interface SensClient extends ProviderClient {
  lookUp: NonNullable<ProviderClient["lookUp"]>;
  readAccount: NonNullable<ProviderClient["readAccount"]>;
  checkSender: NonNullable<ProviderClient["checkSender"]>;
  /** All channels of the service (protocol notes §8). */
  listChannels(): Promise<CallAnswer<SensChannel[]>>;
  /** The channel's templates, all pages (§9.1). With a code: that one, with the inspector's comments. With a name: those that contain it. */
  listTemplates(query?: TemplateQuery): Promise<CallAnswer<SensTemplate[]>>;
  /** One page of the carrier's own history (§6). */
  listMessages(scope: ListScope, filter?: ListFilter, nextToken?: string | null): Promise<CallAnswer<MessagePage>>;
  readReservation(reserveId: string): Promise<CallAnswer<Reservation>>;
  /** Only while it is READY and not in its last 10 minutes; see `cancelFault`. */
  cancelReservation(reserveId: string): Promise<CallAnswer<"cancelled">>;
  readonly reservations: ReservationCalls;
}

/** Opens the client of a route. Nothing is sent before the first call. */
export function connectSens(config: SensRouteConfig, { connections }: { connections: number }): SensClient {
  const endpoint = endpointOf(config, "alimtalk");
  const caller = createSignedCaller(config, endpoint.origin, connections);
  const credentials = [config.secretKey, config.accessKey];
  const { plusFriendId, timestampZone, failoverWaitMs } = config;
  const list = { caller, path: endpoint.messages, plusFriendId, timestampZone, credentials };
  const reservations = { caller, endpoint, credentials, timestampZone };
  const statusContext: StatusContext = { ...list, failoverWaitMs, message: endpoint.message };
  const lookUpContext = (turns: FurtherCalls): LookUpContext => {
    const paced = inTurns(caller, turns);
    return {
      ...lookUpSettings,
      caller: paced,
      reservation: (id) => readReservation(id, { ...reservations, caller: paced }),
    };
  };
  const lookUpSettings: Omit<LookUpContext, "caller" | "reservation"> = {
    ...list,
    afterMs: config.lookUp.after,
    windowMs: config.lookUp.window,
    channel: alimtalk,
    readPayload(payload) {
      const { message, templateCode, reserve } = payload as AlimtalkPayload;
      return { text: message.text, templateCode, reservedAt: reserve === undefined ? undefined : reservedAt(reserve) };
    },
    idOf: ({ messageId }) => messageId,
  };

  const sendOne = async (messages: readonly AlimtalkMessage[]): Promise<AttemptOutcome[]> => {
    const reserve = messages[0]?.payload.reserve;
    const fault = reserve === undefined ? null : reserveFault(reserve, new Date(Date.now() + caller.offsetMs()));
    if (fault !== null) {
      return messages.map(() => ({ kind: "rejected", reason: `not sent: content.reserve.time: ${fault}` }));
    }
    const body = alimtalkRequestBody(messages, plusFriendId);
    const result = await caller.call({ method: "POST", target: endpoint.messages, body });
    return readSendCall(result, messages, config, credentials);
  };

  const account = (turns: FurtherCalls): Pick<SensClient, "listChannels" | "listTemplates"> => {
    const context = { caller: inTurns(caller, turns), credentials };
    return {
      listChannels: () => listChannels({ ...context, path: endpoint.channels }),
      listTemplates: (query = {}) => listTemplates(query, { ...context, path: endpoint.templates, plusFriendId }),
    };
  };

  return {
    ...account({}),
    readAccount: (turns = {}) => readAccount(account(turns)),
    checkSender: () => checkSender(account({}), plusFriendId),
    async send(batch) {
      // A batch is of one template; should it ever not be, each template gets a request of its own.
      const groups = [
        ...Map.groupBy(batch as readonly AlimtalkMessage[], ({ payload }) => requestKeyOf(payload)).values(),
      ];
      const outcomes = new Map<OutgoingMessage, AttemptOutcome>();
      const sendGroup = async (group: readonly AlimtalkMessage[]) => {
        const found = await sendOne(group);
        for (const [index, message] of group.entries()) outcomes.set(message, found[index] ?? noOutcome);
      };
      await Promise.all(groups.map(sendGroup));
      return batch.map((message) => outcomes.get(message) ?? noOutcome);
    },
    checkStatus: (refs, turns = {}) => checkStatus(refs, { ...statusContext, caller: inTurns(caller, turns) }),
    lookUp: (refs, turns = {}) => lookUp(refs, lookUpContext(turns)),
    listMessages: (scope, filter = {}, nextToken = null) => listPage(scope, filter, nextToken, list),
    readReservation: (reserveId) => readReservation(reserveId, reservations),
    cancelReservation: (reserveId) => cancelReservation(reserveId, reservations),
    reservations: reservationCalls(reservations),
    close: () => caller.close(),
  };
}

const noOutcome: AttemptOutcome = { kind: "unknown", reason: "the request gave no outcome for this message" };
