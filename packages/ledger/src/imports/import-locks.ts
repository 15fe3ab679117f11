import postgres from "postgres";

/** The right to import into a campaign, held by one caller at a time over all processes. */
export interface ImportLocks {
  /**
   * Null when somebody else, in this process or another, imports into the campaign at this moment. Otherwise the way to
   * give the right back.
   */
  acquire(campaignId: string): Promise<(() => Promise<void>) | null>;
  close(): Promise<void>;
}

/**
 * Opens the one connection whose session holds every lock of this process; nothing is connected before the first lock.
 * When the process dies its connection ends, and with it the locks: the next import need not wait for a lease to run out.
 *
 * The lock keeps two importers from doing the same work twice. That no row comes in twice does not hang on it: the position
 * guard of `appendRows` and the unique recipient see to that, also when the session was lost or a pooler shared it.
 */
export function openImportLocks(url: string): ImportLocks {
  const sql = postgres(url, {
    max: 1,
    // A connection that is renewed or put to rest would lose its locks.
    max_lifetime: null,
    idle_timeout: 0,
    connection: { application_name: "hikyaku import lock" },
    onnotice: () => {},
  });
  // A session may take its own lock again, so what this process holds is known here.
  const held = new Set<string>();

  return {
    async acquire(campaignId) {
      if (held.has(campaignId)) return null;
      held.add(campaignId);
      try {
        const [lock] = await sql<{ taken: boolean }[]>`
          select pg_try_advisory_lock(hashtextextended(${campaignId}, ${importSalt})) as taken`;
        if (!lock?.taken) {
          held.delete(campaignId);
          return null;
        }
      } catch (error) {
        held.delete(campaignId);
        throw error;
      }
      return async () => {
        // A lost connection has let go by itself.
        await sql`select pg_advisory_unlock(hashtextextended(${campaignId}, ${importSalt}))`.catch(() => {});
        held.delete(campaignId);
      };
    },
    close: () => sql.end({ timeout: 5 }),
  };
}

/** Apart from the claim gate of the same campaign, which hashes with 0. */
const importSalt = 1;
