import { Redis, type RedisOptions } from "ioredis";

export interface RedisConnectionsOptions {
  /** `redis://` or `rediss://`, with user, password and database as usual. */
  url: string;
  /** Shown by `CLIENT LIST`, e.g. `hikyaku-worker`. */
  name?: string;
  /** Every error of every connection; a connection mends itself, so this is for the log. Default: nothing. */
  onError?(error: Error): void;
}

/** The connections of one process to one Redis. Nothing connects before its first use. */
export interface RedisConnections {
  /** For ordinary commands. They wait, without end, while Redis is away. */
  readonly shared: Redis;
  /**
   * For callers that rather fail than wait: commands are refused at once while there is no connection and give up
   * after `impatientMs` (default 1,000; one connection for each value). For the receiver, which has to answer the carrier, and for health checks.
   */
  impatient(impatientMs?: number): Redis;
  /** A connection of its own, for blocking commands, subscriptions or a library that wants one. Connects at once. */
  open(options?: RedisOptions): Redis;
  /** Listens to a pub/sub channel over one subscriber connection. Resolves with the way to stop when it is heard. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Closes everything opened here. Waits up to a second for answers that are still to come. */
  closeAll(): Promise<void>;
}

export function connectRedis({ url, name, onError = () => {} }: RedisConnectionsOptions): RedisConnections {
  checkUrl(url);
  const opened = new Set<Redis>();
  const channels = new Map<string, { listeners: Set<(message: string) => void>; heard: Promise<unknown> }>();
  let shared: Redis | undefined;
  const impatient = new Map<number, Redis>();
  let subscriber: Redis | undefined;
  let closed = false;

  function open(options: RedisOptions = {}): Redis {
    if (closed) throw new Error("These Redis connections are closed; call connectRedis again for new ones");
    const redis = new Redis(url, {
      ...(name === undefined ? {} : { connectionName: name }),
      maxRetriesPerRequest: null,
      connectTimeout: 5_000,
      keepAlive: 10_000,
      // A peer that vanished without a word: no answer for so long means reconnect. Blocking commands here last 2 s.
      socketTimeout: 15_000,
      retryStrategy: (attempt) => Math.min(2_000, 25 * 2 ** Math.min(attempt, 7)) * (0.75 + Math.random() / 2),
      // After a failover the old master answers READONLY: reconnect, and repeat the command there.
      reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
      ...options,
    });
    // ioredis prints what nobody listens to; errors here are news, never the end.
    redis.on("error", onError);
    opened.add(redis);
    redis.once("end", () => opened.delete(redis));
    return redis;
  }

  return {
    get shared() {
      // Not lazily: BullMQ, given a connection that waits for its first command, takes its first attempt for its last.
      shared ??= open();
      return shared;
    },
    impatient(impatientMs = 1_000) {
      const redis =
        impatient.get(impatientMs) ??
        open({
          maxRetriesPerRequest: 0,
          enableOfflineQueue: false,
          commandTimeout: impatientMs,
          socketTimeout: 2 * impatientMs,
          autoResendUnfulfilledCommands: false,
        });
      impatient.set(impatientMs, redis);
      return redis;
    },
    open,
    async subscribe(channel, listener) {
      if (subscriber === undefined) {
        subscriber = open();
        subscriber.on("message", (from: string, message: string) => {
          for (const each of channels.get(from)?.listeners ?? []) each(message);
        });
      }
      const entry = channels.get(channel) ?? { listeners: new Set(), heard: subscriber.subscribe(channel) };
      channels.set(channel, entry);
      entry.listeners.add(listener);
      await entry.heard;
      return async () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0 || channels.get(channel) !== entry) return;
        channels.delete(channel);
        if (!closed && subscriber?.status === "ready") await subscriber.unsubscribe(channel).catch(onError);
      };
    },
    async closeAll() {
      if (closed) return;
      closed = true;
      await Promise.all([...opened].map(close));
    },
  };
}

async function close(redis: Redis): Promise<void> {
  if (redis.status === "ready") {
    // QUIT is answered after all commands before it. A connection that broke at this moment never answers nor rejects.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 1_000);
    });
    await Promise.race([redis.quit().catch(() => {}), late]);
    clearTimeout(timer);
  }
  redis.disconnect();
}

function checkUrl(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol === "redis:" || protocol === "rediss:") return;
  // The value may hold a password, so the message does not repeat it.
  throw new TypeError('redis url: it must look like "redis://host:6379" or "rediss://user:password@host:6380/0"');
}
