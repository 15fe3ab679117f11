import { expect, it } from "vitest";
import { readProcessOptions } from "./process-options.ts";

const noFile = (path: string): string => {
  throw new Error(`unexpected read of ${path}`);
};

it("a flag goes before its variable, and single values before the options", () => {
  const { options, untilStdinCloses } = readProcessOptions(
    ["--port", "8081", "--strict", "--until-stdin-closes"],
    { SIMULATOR_PORT: "9999", SIMULATOR_CONTROL_PORT: "8082", SIMULATOR_OPTIONS: '{"port":1,"seed":7,"strict":false}' },
    noFile,
  );
  expect(options).toEqual({ port: 8081, controlPort: 8082, seed: 7, strict: true });
  expect(untilStdinCloses).toBe(true);
});

it("a file gives what the line does not", () => {
  const files: Record<string, string> = { "sim.json": '{"seed":3,"acceptDelayMs":50}' };
  const read = (path: string) => files[path] ?? noFile(path);
  const { options } = readProcessOptions(["--options-file", "sim.json", "--options", '{"seed":4}'], {}, read);
  expect(options).toEqual({ seed: 4, acceptDelayMs: 50 });
});

it.each([
  [["--prot", "1"], {}, "--prot"],
  [["--options", "{"], {}, "--options or SIMULATOR_OPTIONS is not JSON"],
  [[], { SIMULATOR_OPTIONS: "[]" }, "must be a JSON object"],
])("%j with %j is refused by name", (argv, env, text) => {
  expect(() => readProcessOptions(argv, env, noFile)).toThrow(text);
});
