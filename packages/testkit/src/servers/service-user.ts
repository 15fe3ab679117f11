import { readFileSync } from "node:fs";

export interface ServiceUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root this is the existing account it runs as instead: `postgres` where the
 * system has one, else `nobody`; no account is created. Undefined for everybody else.
 * @param owner the owner of an existing data folder, which stays the owner
 */
export function serviceUser(owner?: ServiceUser): ServiceUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (owner !== undefined && owner.uid !== 0) return owner;
  const accounts = readAccounts();
  return accounts.get("postgres") ?? accounts.get("nobody") ?? { uid: 65534, gid: 65534 };
}

function readAccounts(): Map<string, ServiceUser> {
  const accounts = new Map<string, ServiceUser>();
  try {
    for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
      const [name, , uid, gid] = line.split(":");
      // macOS writes nobody's ids as -2.
      if (name && Number(uid) > 0) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
    }
  } catch {
    // No such file: the numbers used everywhere for "nobody" are left.
  }
  return accounts;
}
