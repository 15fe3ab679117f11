/** Slows down who guesses passwords. */
export interface Attempts {
  /** Milliseconds until this address may try this name again; 0 when it may now. */
  waitMs(address: string, name: string): number;
  failed(address: string, name: string): void;
  succeeded(address: string, name: string): void;
}

interface Failures {
  count: number;
  /** When they are forgotten. */
  until: number;
}

const rememberedMs = 15 * 60_000;
/** One name from one address: who mistypes has five tries. */
const perNameAndAddress = 5;
/** Any name from one address: an office behind one address has thirty. */
const perAddress = 30;
const mostRemembered = 10_000;

/**
 * Counts failures for 15 minutes. A name is never locked for everybody: that would let a stranger lock an operator out in the
 * middle of the night.
 */
export function createAttempts({ now = Date.now }: { now?: () => number } = {}): Attempts {
  const failures = new Map<string, Failures>();

  function keysOf(address: string, name: string): [string, number][] {
    const source = networkOf(address);
    return [
      [`${source} ${name}`, perNameAndAddress],
      [source, perAddress],
    ];
  }

  return {
    waitMs(address, name) {
      let wait = 0;
      for (const [key, most] of keysOf(address, name)) {
        const found = failures.get(key);
        if (found && found.count >= most) wait = Math.max(wait, found.until - now());
      }
      return wait;
    },
    failed(address, name) {
      for (const [key] of keysOf(address, name)) {
        const found = failures.get(key);
        const count = found && found.until > now() ? found.count + 1 : 1;
        failures.delete(key);
        failures.set(key, { count, until: now() + rememberedMs });
      }
      for (const key of failures.keys()) {
        if (failures.size <= mostRemembered) break;
        failures.delete(key);
      }
    },
    succeeded(address, name) {
      failures.delete(`${networkOf(address)} ${name}`);
    },
  };
}

/** An IPv6 customer has at least a /64 to himself, so that is what counts. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  if (tail !== undefined) while (groups.length < 4) groups.push("0");
  return groups.slice(0, 4).join(":");
}
