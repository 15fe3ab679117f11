import { connectRedis, openSendQueue, type SendQueue, signalFeeder } from "@hikyaku/queue";

/**
 * The way from the ledger to the workers. Redis only makes things quick here: what it does not take is found in the ledger
 * later, so nothing of this ever fails or waits long.
 */
export interface JobHandoff {
  /** Whether the queue has taken the job of a single message. */
  putSingle(route: string, messageId: string): Promise<boolean>;
  wakeFeeder(route: string): Promise<void>;
  close(): Promise<void>;
}

/** The longest a caller waits for Redis. */
const patienceMs = 1_000;

export function openJobHandoff({
  url,
  prefix,
  onError: tell,
}: {
  url: string;
  prefix: string | undefined;
  onError: (error: Error) => void;
}): JobHandoff {
  let isClosing = false;
  // A connection that is closed while it is being made complains of that; it is nobody's news.
  const onError = (error: Error) => {
    if (!isClosing) tell(error);
  };
  const redis = connectRedis({ url, name: "hikyaku-producer", onError });
  // Refuses commands while there is no connection: they would pile up here, and the ledger has them anyway.
  const impatient = redis.impatient(patienceMs);
  const { open, subscribe, closeAll } = redis;
  const connections = { shared: impatient, impatient: () => impatient, open, subscribe, closeAll };
  const named = prefix === undefined ? {} : { prefix };
  const queues = new Map<string, SendQueue>();

  function queueOf(route: string): SendQueue {
    let queue = queues.get(route);
    if (!queue) {
      queue = openSendQueue({ connections, route, onError, ...named });
      queues.set(route, queue);
    }
    return queue;
  }

  async function attempt(act: () => Promise<void>): Promise<boolean> {
    // While a lost connection is looked for nobody waits; only the very first one is given its time.
    if (impatient.status === "connecting" || impatient.status === "connect") await readiness(impatient);
    if (impatient.status !== "ready") return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer within ${patienceMs} ms`)), patienceMs);
    });
    try {
      await Promise.race([act(), late]);
      return true;
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    putSingle: (route, messageId) => attempt(() => queueOf(route).addSingle(messageId)),
    async wakeFeeder(route) {
      await attempt(() => signalFeeder(route, { connections, ...named }));
    },
    async close() {
      isClosing = true;
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(onError)));
      await closeAll();
    },
  };
}

/** Settles when the connection is ready, has failed, or took too long. */
function readiness(redis: {
  once(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const event of ["ready", "close"]) redis.off(event, done);
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    for (const event of ["ready", "close"]) redis.once(event, done);
  });
}
