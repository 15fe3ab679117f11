import { expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";

function logged(fields: object): string {
  const lines: string[] = [];
  const log = createLogger({
    level: "info",
    name: "test",
    destination: { write: (line: string) => void lines.push(line) },
  });
  log.info(fields, "a line");
  return lines.join("");
}

test.each([
  ["a secret at the top", { password: "hush" }],
  ["a secret in a route", { route: { basicAuth: { user: "u", password: "hush" } } }],
  ["a header", { request: { headers: { authorization: "hush" } } }],
  ["a message body", { message: { content: { text: "hush" } } }],
  ["a template value", { row: { vars: ["hush"] } }],
])("%s is never written", (_what, fields) => {
  expect(logged(fields)).not.toContain("hush");
});

test("an error keeps its message, name and stack", () => {
  expect(logged({ err: new Error("broken pipe") })).toContain("broken pipe");
});
