import { expect, test } from "vitest";
import { createHookAccess } from "./hook-access.ts";

const secret = "an-unguessable-secret";
const ask = (
  hooks: Parameters<typeof createHookAccess>[0],
  request: { secret?: string; address?: string; authorization?: string },
) =>
  createHookAccess(hooks)({
    secret: request.secret ?? secret,
    address: request.address ?? "203.0.113.7",
    authorization: request.authorization,
  });

test.each([
  ["the right secret", {}, { ok: true }],
  ["a wrong secret", { secret: "x" }, { ok: false, status: 404 }],
  ["an allowed address", { address: "198.51.100.4" }, { ok: true }, ["198.51.100.0/24"]],
  ["an allowed address on a dual-stack socket", { address: "::ffff:198.51.100.4" }, { ok: true }, ["198.51.100.0/24"]],
  ["an allowed IPv6 address", { address: "2001:db8::1" }, { ok: true }, ["2001:db8::/32"]],
  ["another address", { address: "198.51.101.4" }, { ok: false, status: 403 }, ["198.51.100.0/24"]],
  [
    "a wrong secret from another address: the secret is looked at first",
    { secret: "x", address: "9.9.9.9" },
    { ok: false, status: 404 },
    ["198.51.100.4"],
  ],
] as const)("%s", (_title, request, expected, allow: readonly string[] = []) => {
  expect(ask({ secret, allow: [...allow] }, request)).toEqual(expected);
});

test("the agreed Authorization is asked for", () => {
  const hooks = { secret, allow: [], authorization: "Bearer agreed" };
  expect(ask(hooks, {})).toEqual({ ok: false, status: 401 });
  expect(ask(hooks, { authorization: "Bearer agreed" })).toEqual({ ok: true });
});
