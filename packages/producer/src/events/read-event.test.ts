import { newEventSecret, signEvent } from "@hikyaku/core";
import { expect, test } from "vitest";
import { InvalidEventError } from "../errors/event-error.ts";
import { readEvent } from "./read-event.ts";

const secret = newEventSecret();
const id = "01936f0e-7b00-7000-8000-000000000001";
const now = new Date("2026-12-01T00:00:05Z");
const body = JSON.stringify({
  type: "message.delivered",
  timestamp: "2026-12-01T00:00:00.000Z",
  data: { messageId: id, campaignKey: "2026-12", state: "delivered", at: "2026-12-01T00:00:00.000Z", added: "later" },
});
const sign = (text = body) => ({ headers: { ...signEvent({ id, body: text, at: now }, [secret]) }, body: text });

test("a signed event is read, its moments as Dates; what a later version adds is kept", () => {
  const at = new Date("2026-12-01T00:00:00Z");
  const event = {
    id,
    type: "message.delivered",
    timestamp: at,
    data: { messageId: id, campaignKey: "2026-12", at, added: "later" },
  };
  expect(readEvent(sign(), secret, now)).toMatchObject(event);
  expect(readEvent({ ...sign(), headers: new Headers(sign().headers) }, [newEventSecret(), secret], now)).toMatchObject(
    event,
  );
});

test("a type of a later version is read like the others", () => {
  const later = body.replace("message.delivered", "message.translated");
  expect(readEvent(sign(later), secret, now).type).toBe("message.translated");
});

test.each([
  ["another body", { ...sign(), body: `${body} ` }, "wrong-signature"],
  ["no headers", { ...sign(), headers: {} }, "missing-header"],
  ["a body that is none of ours", sign('{"type":"x"}'), "bad-body"],
  ["a body that is no JSON", sign("{"), "bad-body"],
])("%s is refused", (_, request, reason) => {
  const refused = expect(() => readEvent(request, secret, now));
  refused.toThrow(InvalidEventError);
  refused.toThrow(expect.objectContaining({ code: "invalid-event", reason }));
});

test("a secret that was forgotten is named, and its value never shown", () => {
  expect(() => readEvent(sign(), undefined as unknown as string, now)).toThrow("the secret of `events.secret`");
});
