import { expect, test } from "vitest";
import { eventSecretPattern, newEventSecret, signEvent, verifyEvent } from "./event-signature.ts";

/** The test vector that every library of Standard Webhooks has. */
const published = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  at: new Date(1_614_265_330_000),
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

test("the published vector has the published signature", () => {
  expect(signEvent(published, [published.secret])).toEqual({
    "webhook-id": published.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": published.signature,
  });
});

const secret = newEventSecret();
const sent = {
  id: "01936f0e-7b00-7000-8000-000000000001",
  body: '{"type":"message.delivered"}',
  at: new Date("2026-12-01T00:00:00Z"),
};
const check = (
  changed: {
    headers?: Record<string, string | undefined>;
    body?: string;
    now?: Date;
    secrets?: [string, ...string[]];
  } = {},
) =>
  verifyEvent(
    {
      headers: { ...signEvent(sent, [secret]), ...changed.headers },
      body: changed.body ?? sent.body,
      now: changed.now ?? sent.at,
    },
    changed.secrets ?? [secret],
  );

test("what was signed is recognised, within five minutes to either side", () => {
  expect(check()).toEqual({ ok: true, id: sent.id, at: sent.at });
  expect(check({ now: new Date("2026-12-01T00:05:00Z") })).toMatchObject({ ok: true });
  expect(check({ now: new Date("2026-12-01T00:05:01Z") })).toEqual({ ok: false, reason: "too-old" });
  expect(check({ now: new Date("2026-11-30T23:54:59Z") })).toEqual({ ok: false, reason: "too-new" });
});

test.each([
  ["another body", { body: '{"type":"message.failed"}' }, "wrong-signature"],
  ["another id", { headers: { "webhook-id": "x" } }, "wrong-signature"],
  ["another secret", { secrets: [newEventSecret()] as [string] }, "wrong-signature"],
  ["a signature of another version", { headers: { "webhook-signature": "v1a,AAAA" } }, "wrong-signature"],
  ["a signature cut short", { headers: { "webhook-signature": "v1,AAAA" } }, "wrong-signature"],
  ["no signature", { headers: { "webhook-signature": undefined } }, "missing-header"],
  ["no id", { headers: { "webhook-id": "" } }, "missing-header"],
  ["a time that is none", { headers: { "webhook-timestamp": "1e9" } }, "bad-timestamp"],
])("%s is refused", (_, changed, reason) => {
  expect(check(changed)).toEqual({ ok: false, reason });
});

test("while a secret is replaced both sides may hold either", () => {
  const next = newEventSecret();
  const headers = { ...signEvent(sent, [next, secret]) };
  for (const held of [secret, next]) expect(check({ headers, secrets: [held] })).toMatchObject({ ok: true });
  expect(check({ secrets: [next, secret] })).toMatchObject({ ok: true });
});

test.each([
  [newEventSecret(), true],
  [published.secret, true],
  ["whsec_c2hvcnQ=", false],
  ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false],
  ["whsec_not base64 at all, but long enough to be", false],
])("%s is a secret: %s", (text, expected) => {
  expect(eventSecretPattern.test(text)).toBe(expected);
});
