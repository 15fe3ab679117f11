import type { ProviderClient } from "@hikyaku/core";
import { expect, test } from "vitest";
import { createClientHolder } from "./client-holder.ts";

function setUp(granted: number) {
  const state = { concurrency: granted, connected: 0, closed: 0, listener: (_granted: number) => {} };
  const client = (): ProviderClient => ({
    send: async () => [],
    checkStatus: async () => [],
    close: async () => {
      state.closed += 1;
    },
  });
  const holder = createClientHolder({
    connect: () => {
      state.connected += 1;
      return client();
    },
    throttle: {
      get concurrency() {
        return state.concurrency;
      },
      onConcurrencyChange(listener) {
        state.listener = listener;
        return () => {};
      },
    },
    onCloseError: () => {},
  });
  const grant = (count: number) => {
    state.concurrency = count;
    state.listener(count);
  };
  return { holder, state, grant };
}

/** `count` requests at once; answers the way to end them. */
async function inFlight(holder: ReturnType<typeof setUp>["holder"], count: number) {
  const end = Promise.withResolvers<void>();
  const all = Array.from({ length: count }, () => holder.use(() => end.promise));
  await Promise.resolve();
  return async () => {
    end.resolve();
    await Promise.all(all);
  };
}

test("one request after the other uses one socket", async () => {
  const { holder, state } = setUp(10);
  for (let n = 0; n < 5; n += 1) await holder.use(async () => {});
  expect(state).toMatchObject({ connected: 1, closed: 0 });
});

test("a lower grant closes the idle sockets beyond it at once, and none that is in use", async () => {
  const { holder, state, grant } = setUp(10);
  await (await inFlight(holder, 6))();
  const finish = await inFlight(holder, 3);

  grant(2);
  expect(state.closed).toBe(3);
  await finish();
  expect(state.closed).toBe(4);
});

test("a grant of nothing leaves no socket open", async () => {
  const { holder, state, grant } = setUp(4);
  await (await inFlight(holder, 4))();

  grant(0);
  expect(state).toMatchObject({ connected: 4, closed: 4 });
});

test("a socket that has rested since its answer is used before one that has just answered", async () => {
  const { holder, state } = setUp(10);
  const used: ProviderClient[] = [];
  const useOne = () => holder.use(async (client) => void used.push(client));
  await Promise.all([useOne(), useOne()]);
  await new Promise((resolve) => setImmediate(resolve));

  await useOne();
  await useOne();
  // Both have just answered now: better one of them than a third connection.
  await useOne();

  const [, , third, fourth] = used;
  expect(third).not.toBe(fourth);
  expect(state.connected).toBe(2);
});
