import { parseConfig } from "@hikyaku/config";
import { routeSchemas } from "@hikyaku/providers";
import { expect, test } from "vitest";
import { deriveConfig } from "./derive-config.ts";
import { systemConfig } from "./system-config.ts";

const operators = `# Ours
redisPrefix: shop   # the shop's
routes:
  coupon-sms:
    provider: kddi
    baseUrl: https://api.msg-gw.kddi.com/au
    botId: bot_0001
    basicAuth: { user: \${KDDI_USER}, password: "\${KDDI_PASSWORD:-a}b}" }
    tokens: smsonly
    smsNumber: "0312345678"
    hooks: { secret: \${HOOK_SECRET} }
`;
const env = { KDDI_USER: "customer-77", KDDI_PASSWORD: "p: #word", HOOK_SECRET: "0123456789abcdef" };
const signIn = { name: "admin", password: "generated" };
const ports = { console: 4000, receiver: 4001 };

function read(text: string) {
  const result = parseConfig({ text, file: "x.yaml", env, routeSchemas });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

function systemOf(text: string, ...simulatedRoutes: { name: string; settings: Record<string, unknown> }[]) {
  return systemConfig({ text, config: read(text), simulatedRoutes, signIn, ports });
}

test("the operator's words stay as they are, and no secret of the environment lands in the file", () => {
  const derived = systemOf(operators);
  expect(derived).toContain("# the shop's");
  expect(derived).toContain(`{ user: \${KDDI_USER}, password: "\${KDDI_PASSWORD:-a}b}" }`);
  for (const secret of Object.values(env)) expect(derived).not.toContain(secret);
  const { routes, ...rest } = read(derived);
  const { routes: before, ...restBefore } = read(operators);
  expect(routes).toEqual(before);
  expect(rest.redisPrefix).toBe(restBefore.redisPrefix);
});

test("apps that run side by side get ports of their own, and somebody may sign in", () => {
  const config = read(systemOf(""));
  expect([config.worker.healthPort, config.poller.healthPort]).toEqual([0, 0]);
  expect([config.console.port, config.receiver.port]).toEqual([4000, 4001]);
  expect(config.console.users.map(({ name, password }) => [name, password])).toEqual([["admin", "generated"]]);
});

test("what the operator chose is not changed", () => {
  const text = `${operators}console:\n  users: [{ name: me, password: mine }]\nworker: { healthPort: 9100 }\npoller: { healthPort: null }\n`;
  const config = read(systemOf(text));
  expect(config.console.users.map(({ name }) => name)).toEqual(["me"]);
  expect([config.worker.healthPort, config.poller.healthPort]).toEqual([9100, null]);
});

test("a simulator's route stands beside the others", () => {
  const settings = {
    ...{ provider: "kddi", baseUrl: "http://127.0.0.1:1/au", botId: "b", basicAuth: { user: "u", password: "p" } },
    ...{ tokens: "smsonly", smsNumber: "0312345678", hooks: { secret: "0123456789abcdef" } },
  };
  expect(Object.keys(read(systemOf(operators, { name: "simulator", settings })).routes)).toEqual([
    "coupon-sms",
    "simulator",
  ]);
});

test("a literal ${ stays literal", () => {
  expect(deriveConfig("a: $${x}\n", () => {})).toBe("a: $${x}\n");
});
