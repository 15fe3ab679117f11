import { createServer } from "node:http";
import { createClock } from "./clock.ts";
import { startControlServer } from "./control/control-server.ts";
import { drain, listen } from "./http-listener.ts";
import { createAccount } from "./kddi/account.ts";
import { accountPatchSchema } from "./kddi/account-options.ts";
import { testConnections } from "./kddi/connection-test.ts";
import { createDelivery, type Delivery } from "./kddi/delivery.ts";
import { createEndUser } from "./kddi/end-user.ts";
import { faultsSchema } from "./kddi/faults.ts";
import { createGateway } from "./kddi/gateway.ts";
import { currentState } from "./kddi/message.ts";
import { createMessageStore } from "./kddi/message-store.ts";
import { createNotifier } from "./kddi/notifier.ts";
import { createPhones } from "./kddi/phones.ts";
import { createStatePush } from "./kddi/state-push.ts";
import { createUserRequests } from "./kddi/user-requests.ts";
import { type MessageView, type PhoneView, viewMessage, viewPhone, viewRequests } from "./kddi/views.ts";
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
  const phones = createPhones(settings.magicPrefixes, settings.appShare);
  const store = createMessageStore(settings.keep, (message) => delivery.forget(message));
  const notifier = createNotifier({
    clock,
    retryDelaysMs: settings.notifyRetryDelaysMs,
    parallelism: settings.notifyParallelism,
  });
  let faults = settings.faults;
  let traffic = createTraffic();
  const push = createStatePush({ settings, clock, random, notifier, faults: () => faults });
  const endUser = createEndUser({ settings, clock, notifier });
  const delivery: Delivery = createDelivery({ settings, clock, random, phones, push, endUser });
  const user = createUserRequests({ accounts, account, clock, phones, store, delivery, endUser });
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
    const { user: _user, password: _password, tokens, ...shown } = account(botId).options;
    return { ...shown, hasTokens: tokens !== "smsonly", baseUrl: `${gatewayUrl}/${shown.aggid}` };
  }

  function metrics(): Metrics {
    const messages = { pending: 0, sent: 0, delivered: 0, displayed: 0, failed: 0, revoked: 0 };
    const channels = { sms: 0, rcs: 0 };
    for (const message of store.all()) {
      messages[currentState(message).state]++;
      channels[message.channel]++;
    }
    return {
      ...traffic.report(),
      messages,
      channels,
      forgotten: store.forgotten,
      duplicates: store.duplicates(),
      notifications: notifier.report(),
      connections: { ...connections },
      accounts: Object.fromEntries(accounts.map(({ options, traffic }) => [options.botId, traffic.report()])),
    };
  }

  function viewOf(number: string): PhoneView {
    const registeredWith = accounts
      .filter(({ subscribers }) => subscribers.has(number))
      .map(({ options }) => options.botId);
    const facts = { messages: store.to(number), acts: endUser.acts(number), registeredWith, now: clock.now() };
    return viewPhone({ phone: phones.get(number), ...facts }, settings.sms);
  }

  const simulator: Omit<Simulator, "controlUrl"> = {
    gatewayUrl,
    accounts: () => accounts.map(({ options }) => viewAccount(options.botId)),
    setAccount(botId, patch) {
      account(botId).patch(accountPatchSchema.parse(patch));
      return viewAccount(botId);
    },
    messages({ to, offset = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      const page: MessageView[] = [];
      let index = 0;
      for (const message of to === undefined ? store.all() : store.to(to)) {
        if (page.length >= limit) break;
        if (index++ >= offset) page.push(viewMessage(message, settings.sms));
      }
      return page;
    },
    messageCount: ({ to } = {}) => (to === undefined ? store.size : store.to(to).length),
    requests: (to) => viewRequests(store.to(to), store.refusedTo(to)),
    phones({ digits = "", limit = 100 } = {}) {
      const others = [...endUser.numbers(), ...phones.listed()].filter((number) => number.includes(digits));
      return [...new Set([...store.numbers(digits, limit), ...others])].slice(0, limit);
    },
    phone: viewOf,
    setPhone(number, patch) {
      phones.set(number, patch);
      delivery.phoneChanged(number);
      return viewOf(number);
    },
    user,
    reply(request) {
      const told = user.reply(request);
      return told.sent ? told.msgId : undefined;
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
      delivery.reset();
      endUser.reset();
      phones.reset();
      faults = settings.faults;
      traffic = createTraffic();
      for (const known of accounts) known.reset();
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
