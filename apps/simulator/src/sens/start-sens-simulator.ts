import { createServer } from "node:http";
import { createClock } from "../clock.ts";
import { drain, listen } from "../http-listener.ts";
import { createRandom } from "../random.ts";
import { startAdminServer } from "./admin-server.ts";
import { createSensGateway } from "./gateway.ts";
import type { AlimtalkMessage } from "./messages.ts";
import { channelSchema, modesSchema, parseSensOptions, type SensSimulatorOptions, templateSchema } from "./options.ts";
import { createRequestLog } from "./request-log.ts";
import type { SensMetrics, SensSimulator } from "./sens-simulator.ts";
import { createState, keyOf } from "./state.ts";

/**
 * Starts a SENS gateway (AlimTalk and SMS) and its admin API on ports of their own, in this process.
 * @throws SimulatorOptionsError when an option is wrong; the error of `listen` when a port is taken.
 */
export async function startSensSimulator(options: SensSimulatorOptions = {}): Promise<SensSimulator> {
  const settings = parseSensOptions(options);
  const clock = createClock();
  const state = createState(settings, clock, createRandom(settings.seed));
  const log = createRequestLog();
  const gateway = createSensGateway(state, log);
  // A client may keep its sockets for a minute, as behind a common load balancer; node's 5 s would cut them in mid-use.
  const server = createServer(
    { keepAliveTimeout: 65_000 },
    (request, response) => void gateway.handle(request, response),
  );
  const gatewayUrl = `http://${settings.host}:${await listen(server, settings.host, settings.port)}`;

  const simulator: Omit<SensSimulator, "adminUrl"> = {
    gatewayUrl,
    alimtalkServiceId: settings.alimtalkServiceId,
    smsServiceId: settings.smsServiceId,
    messages: ({ to } = {}) => (to === undefined ? state.messages.all() : state.messages.to(to)),
    sms: ({ to } = {}) => (to === undefined ? state.sms.all() : state.sms.to(to)),
    requests: log.all,
    modes: state.modes,
    setModes(changes) {
      state.setModes(modesSchema.parse({ ...state.modes(), ...changes }));
      return state.modes();
    },
    putChannel(given) {
      const channel = channelSchema.parse(given);
      state.channels.set(channel.channelId, channel);
    },
    putTemplate(given) {
      const template = templateSchema.parse(given);
      state.templates.set(keyOf(template), template);
    },
    removeTemplate: (template) => state.templates.delete(keyOf(template)),
    setSenderNumber: (number, approved) => void state.numbers.set(number, approved),
    reservations: () => [...state.reservations.all(), ...state.smsReservations.all()],
    setReservationEnd(reserveId, ends) {
      const found = state.reservations.get(reserveId) ?? state.smsReservations.get(reserveId);
      if (found !== undefined) found.ends = ends;
      return found !== undefined;
    },
    cancelReservation(reserveId) {
      const { reservations, smsReservations } = state;
      return (smsReservations.get(reserveId) === undefined ? reservations : smsReservations).cancel(reserveId);
    },
    now: clock.now,
    advanceClock: clock.advance,
    metrics: () => ({ ...log.report(), ...countMessages(state.messages.all(), state.sms.all().length) }),
    reset() {
      state.reset();
      log.reset();
    },
    async close(deadlineMs = 5000) {
      await drain(server, log.open, deadlineMs);
      clock.close();
      await admin.close();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
  const admin = await startAdminServer(simulator, settings).catch(async (error: unknown) => {
    await drain(server, log.open, 0);
    throw error;
  });
  return { ...simulator, adminUrl: admin.url };
}

const longestList = 1_000;

function countMessages(
  messages: readonly AlimtalkMessage[],
  sms: number,
): Pick<SensMetrics, "messages" | "duplicates"> {
  const counts = { total: messages.length, refused: 0, processing: 0, success: 0, fail: 0, sms };
  const accepted = new Map<string, string[]>();
  for (const message of messages) {
    if (message.messageId === null) {
      counts.refused++;
      continue;
    }
    counts[message.result?.name ?? "processing"]++;
    const same = JSON.stringify([message.plusFriendId, message.template.templateCode, message.to, message.content]);
    accepted.set(same, [...(accepted.get(same) ?? []), message.requestId]);
  }
  const twice = [...accepted].filter(([, requestIds]) => requestIds.length > 1);
  const list = twice
    .slice(0, longestList)
    .map(([same, requestIds]) => ({ to: String(JSON.parse(same)[2]), requestIds }));
  const count = twice.reduce((sum, [, requestIds]) => sum + requestIds.length - 1, 0);
  return { messages: counts, duplicates: { count, list } };
}
