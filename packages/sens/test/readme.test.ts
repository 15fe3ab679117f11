import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startScriptedServer } from "./scripted-server.ts";

const template = {
  templateCode: "ORDER01",
  templateName: "Shipping notice",
  content: "#{name}, your order #{orderNo} has been shipped.",
  emphasizeType: "NONE",
  templateInspectionStatus: "COMPLETE",
  templateStatus: "ACTIVE",
  buttons: [
    { order: 1, type: "DS", name: "Track parcel" },
    { order: 2, type: "WL", name: "Order page", linkMobile: "https://#{url}", linkPc: "https://#{url}" },
  ],
};

test("the README's example runs and prints what it says", async () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${folder}/README.md`, "utf8"))?.[1] ?? "";
  await using server = await startScriptedServer(({ method, body }) => {
    if (method === "GET") return { status: 200, body: [template] };
    const messages = JSON.parse(body).messages.map((message: object) => ({
      ...message,
      messageId: "id-1",
      requestStatusCode: "A000",
    }));
    return { status: 202, body: { requestId: "RBAA-1", messages } };
  });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module-typescript", "--eval", example.replace("127.0.0.1:8091", `127.0.0.1:${server.port}`)],
    { cwd: folder },
  );
  expect(stdout).toBe(
    "[ 'name', 'orderNo', 'url' ]\nHana, your order 1001 has been shipped.\n\n[ Track parcel ]\n[ Order page ]\naccepted\n",
  );
});
