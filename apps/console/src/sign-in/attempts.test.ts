import { describe, expect, test } from "vitest";
import { createAttempts } from "./attempts.ts";

function bundle() {
  let at = 0;
  const attempts = createAttempts({ now: () => at });
  const fail = (times: number, address: string, name: string) => {
    for (let time = 0; time < times; time++) attempts.failed(address, name);
  };
  return { attempts, fail, pass: (ms: number) => (at += ms) };
}

describe("attempts", () => {
  test("a name may be tried five times from one address, and again after a quarter of an hour", () => {
    const { attempts, fail, pass } = bundle();
    fail(4, "192.0.2.1", "admin");
    expect(attempts.waitMs("192.0.2.1", "admin")).toBe(0);
    fail(1, "192.0.2.1", "admin");
    expect(attempts.waitMs("192.0.2.1", "admin")).toBe(15 * 60_000);
    pass(15 * 60_000);
    expect(attempts.waitMs("192.0.2.1", "admin")).toBe(0);
  });

  test("a stranger can't lock somebody out who comes from elsewhere", () => {
    const { attempts, fail } = bundle();
    fail(1_000, "203.0.113.9", "admin");
    expect(attempts.waitMs("192.0.2.1", "admin")).toBe(0);
  });

  test("trying many names from one address ends after thirty", () => {
    const { attempts } = bundle();
    for (let n = 0; n < 30; n++) attempts.failed("203.0.113.9", `name${n}`);
    expect(attempts.waitMs("203.0.113.9", "another")).toBeGreaterThan(0);
  });

  test("the addresses of one IPv6 network count as one", () => {
    const { attempts } = bundle();
    for (let n = 1; n <= 5; n++) attempts.failed(`2001:db8:1:2::${n}`, "admin");
    expect(attempts.waitMs("2001:db8:1:2:ffff:ffff:ffff:ffff", "admin")).toBeGreaterThan(0);
    expect(attempts.waitMs("2001:db8:1:3::1", "admin")).toBe(0);
  });

  test("signing in clears what was mistyped before", () => {
    const { attempts, fail } = bundle();
    fail(4, "192.0.2.1", "admin");
    attempts.succeeded("192.0.2.1", "admin");
    fail(1, "192.0.2.1", "admin");
    expect(attempts.waitMs("192.0.2.1", "admin")).toBe(0);
  });
});
