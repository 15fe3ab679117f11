import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the README's example runs and prints what it says", () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${folder}/README.md`, "utf8"))?.[1];
  const printed = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", example ?? ""], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(printed).toContain("飛脚 太郎様、ご予約は12/24 18:00です。 1 mNuBGg");
  expect(printed).toContain("{ ok: true, recipient: '+819012345678' }");
  expect(printed).toContain("kind: 'throttled'");
});
