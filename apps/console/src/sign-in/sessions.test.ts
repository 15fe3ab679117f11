import { describe, expect, test } from "vitest";
import { createSessions } from "./sessions.ts";

const users = [
  { name: "操作員", password: "a" },
  { name: "other", password: "b" },
];
const secret = "0123456789abcdef0123456789abcdef";

function bundle(changes: { users?: typeof users; secret?: string } = {}) {
  const clock = { now: 1_000 };
  return { clock, sessions: createSessions({ users, secret, forMs: 60_000, now: () => clock.now, ...changes }) };
}

describe("sessions", () => {
  test("a token says who signed in, until it expires", () => {
    const { sessions, clock } = bundle();
    const { token } = sessions.begin("操作員");
    expect(sessions.read(token)).toMatchObject({ name: "操作員", expiresAt: new Date(61_000) });
    clock.now = 61_000;
    expect(sessions.read(token)).toBeNull();
  });

  test("another console with the same secret knows it", () => {
    const { token } = bundle().sessions.begin("other");
    expect(bundle().sessions.read(token)).toMatchObject({ name: "other" });
  });

  test.each([
    ["another secret", { secret: "another secret of 32 characters!!" }],
    ["a changed password", { users: [{ name: "other", password: "changed" }] }],
    ["a user who is gone", { users: [{ name: "new", password: "b" }] }],
  ])("%s ends it", (_, changes) => {
    const { token } = bundle().sessions.begin("other");
    expect(bundle(changes).sessions.read(token)).toBeNull();
  });

  test("signing out ends it", () => {
    const { sessions } = bundle();
    const { token, session } = sessions.begin("other");
    sessions.end(session);
    expect(sessions.read(token)).toBeNull();
    expect(sessions.read(sessions.begin("other").token)).not.toBeNull();
  });

  test("no part of a token can be changed", () => {
    const { sessions } = bundle();
    const { token } = sessions.begin("other");
    const [payload = "", signature = ""] = token.split(".");
    const asAnother = Buffer.from(JSON.stringify(["id", "操作員", 9e12])).toString("base64url");
    const longer = Buffer.from(JSON.stringify(["id", "other", 9e12])).toString("base64url");
    for (const forged of [
      `${asAnother}.${signature}`,
      `${longer}.${signature}`,
      payload,
      `${payload}.`,
      ".",
      "",
      "x.y.z",
    ]) {
      expect(sessions.read(forged)).toBeNull();
    }
  });
});
