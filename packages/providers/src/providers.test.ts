import { describe, expect, test } from "vitest";
import { findProvider, providers } from "./providers.ts";

describe("the registry", () => {
  test("every carrier stands under its own name", () => {
    for (const [name, { provider }] of Object.entries(providers)) expect(provider.name).toBe(name);
  });

  test("a carrier nobody has is an error that lists those there are", () => {
    expect(() => findProvider("toString")).toThrow('no carrier is called "toString"; this build has kddi');
  });
});
