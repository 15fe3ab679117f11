import { createServer } from "node:http";
import { createClock } from "./clock.ts";
import { startControlServer } from "./control/control-server.ts";
import { drain, listen } from "./http-listener.ts";
import { createAccount } from "./kddi/account.ts";
import { accountPatchSchema } from "./kddi/account-options.ts";
import { testConnections } from "./kddi/connection-test.ts";
import { createDelivery } from "./kddi/delivery.ts";
import { faultsSchema } from "./kddi/faults.ts";
import { createGateway } from "./kddi/gateway.ts";
import { currentState } from "./kddi/message.ts";
import { createMessageStore } from "./kddi/message-store.ts";
import { createNotifier } from "./kddi/notifier.ts";
import { createPhones } from "./kddi/phones.ts";
import { createReplies } from "./kddi/replies.ts";
import { createResultPush } from "./kddi/result-push.ts";
import { viewMessage, viewPhone, viewRequests } from "./kddi/views.ts";
import { parseOptions, type SimulatorOptions } from "./options.ts";
import { createRandom } from "./random.ts";
import { type AccountView, type Metrics, type Simulator, UnknownBotError } from "./simulator.ts";
import { createTraffic } from "./traffic.ts";

/**
 * Starts a gateway and its control API on ports of their own, in this process.
 * @throws SimulatorOptionsError when an option is wrong; the error of `listen` when a port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = parseOptions(options);
  const accounts = settings.accounts.map((account) => createAccount(account, settings.tpsWindow));
  const clock = createClock();
  const random = createRandom(settings.seed);
  const phones = createPhones(settings.magicPrefixes);
  const store = createMessageStore();
  const notifier = createNotifier({
    clock,
    retryDelaysMs: settings.notifyRetryDelaysMs,
    parallelism: settings.notifyParallelism,
  });
  let faults = settings.faults;
  let traffic = createTraffic();
  const push = createResultPush({ settings, clock, random, notifier, faults: () => faults });
  const replies = createReplies({ settings, clock, notifier });
  const delivery = createDelivery({ settings, clock, random, push, replies });
  const gateway = createGateway({
    settings,
    accounts,
    clock,
    random,
    phones,
    store,
    delivery,
    faults: () => faults,
    traffic: () => traffic,
  });

  // A client may keep its sockets for a minute, as behind a common load balancer; node's 5 s would cut them in mid-use.
  const server = createServer({ keepAliveTimeout: 65_000 }, gateway.handle);
  const connections = { open: 0, peak: 0 };
  server.on("connection", (socket) => {
    connections.peak = Math.max(connections.peak, ++connections.open);
    socket.on("close", () => connections.open--);
  });
  const gatewayUrl = `http://${settings.host}:${await listen(server, settings.host, settings.port)}`;

  function account(botId: string) {
    const found = accounts.find(({ options }) => options.botId === botId);
    if (found !== undefined) return found;
    throw new UnknownBotError(
      botId,
      accounts.map(({ options }) => options.botId),
    );
  }

  function viewAccount(botId: string): AccountView {
    const { user: _user, password: _password, ...shown } = account(botId).options;
    return { ...shown, baseUrl: `${gatewayUrl}/${shown.aggid}` };
  }

  function metrics(): Metrics {
    const messages = { pending: 0, sent: 0, delivered: 0, failed: 0 };
    for (const message of store.all()) messages[currentState(message).state]++;
    return {
      ...traffic.report(),
      messages,
      duplicates: store.duplicates(),
      notifications: notifier.report(),
      connections: { ...connections },
      accounts: Object.fromEntries(accounts.map(({ options, traffic }) => [options.botId, traffic.report()])),
    };
  }

  const simulator: Omit<Simulator, "controlUrl"> = {
    gatewayUrl,
    accounts: () => accounts.map(({ options }) => viewAccount(options.botId)),
    setAccount(botId, patch) {
      account(botId).patch(accountPatchSchema.parse(patch));
      return viewAccount(botId);
    },
    messages({ to } = {}) {
      const wanted = to === undefined ? [...store.all()] : store.to(to);
      return wanted.map((message) => viewMessage(message, settings.sms));
    },
    requests: (to) => viewRequests(store.to(to), store.refusedTo(to)),
    phone: (number) => viewPhone(phones.get(number), store.to(number), settings.sms),
    setPhone(number, patch) {
      return viewPhone(phones.set(number, patch), store.to(number), settings.sms);
    },
    reply({ from, text, botId, smsNumber }) {
      const last = store.to(from).at(-1);
      const sender = botId === undefined ? (last?.account ?? accounts[0]) : account(botId);
      const number = smsNumber ?? last?.smsNumber ?? sender?.options.smsNumbers[0];
      if (sender === undefined || number === undefined) return undefined;
      return replies.send({ account: sender, from, smsNumber: number, text });
    },
    testConnections: (botId) =>
      testConnections(botId === undefined ? accounts : [account(botId)], notifier, settings.connectionTestBody),
    faults: () => faults,
    setFaults(wanted) {
      faults = faultsSchema.parse(wanted);
      return faults;
    },
    now: clock.now,
    advanceClock: clock.advance,
    metrics,
    reset() {
      clock.reset();
      notifier.reset();
      gateway.reset();
      store.reset();
      phones.reset();
      faults = settings.faults;
      traffic = createTraffic();
      for (const known of accounts) known.resetTraffic();
      connections.peak = connections.open;
    },
    async close(deadlineMs = 5000) {
      await drain(server, gateway.openRequests, deadlineMs);
      clock.close();
      await control.close();
      await notifier.close();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };

  const control = await startControlServer(simulator, settings).catch(async (error: unknown) => {
    await drain(server, gateway.openRequests, 0);
    throw error;
  });
  return { ...simulator, controlUrl: control.url };
}
