import { expect, it } from "vitest";
import { parseOptions, SimulatorOptionsError } from "./options.ts";

it("everything has a default", () => {
  const settings = parseOptions({});
  expect(settings.accounts).toHaveLength(1);
  expect(settings.timing.phoneOffMs).toBe(72 * 3_600_000);
  expect(settings.notifyRetryDelaysMs).toEqual([1000, 1000, 1000]);
});

it("every fault is named at once, with its path", () => {
  const wrong = {
    porrt: 1,
    tpsWindow: "hour",
    accounts: [{ botId: "b", user: "a:b", password: "p", smsNumbers: ["+81312345678"], tps: 0 }],
    faults: { statusRates: { 500: 0.7, 503: 0.6 } },
    allowIps: ["localhost"],
    statusPath: "/status",
  };
  expect(() => parseOptions(wrong)).toThrow(SimulatorOptionsError);
  for (const path of ["porrt", "tpsWindow", "accounts.0.user", "accounts.0.smsNumbers.0", "accounts.0.tps"]) {
    expect(() => parseOptions(wrong)).toThrow(path);
  }
  for (const path of ["faults", "allowIps.0", "statusPath"]) expect(() => parseOptions(wrong)).toThrow(path);
});

it("two accounts of one botId are refused", () => {
  const account = { botId: "b", user: "u", password: "p", smsNumbers: ["0312345678"] };
  expect(() => parseOptions({ accounts: [account, account] })).toThrow("two accounts have the same botId");
});
