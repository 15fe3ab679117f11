import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { kddi, lintContent, publicSettingsOf, routeConfigSchema } from "../packages/kddi/src/index.ts";

const settings = publicSettingsOf(
  routeConfigSchema.parse({
    provider: "kddi",
    baseUrl: "https://api.msg-gw.kddi.com/au",
    botId: "b",
    basicAuth: { user: "u", password: "p" },
    tokens: { au: "a", docomo: "d", softbank: "s" },
    smsNumber: "0312345678",
  }),
);

describe.each(["docs/content.md", "docs/content.ja.md"])("%s", async (path) => {
  const page = await readFile(new URL(`../${path}`, import.meta.url), "utf8");
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, code = ""], index) => ({ index, code }));

  test("has examples of every mode", () => {
    const modes = examples.map(({ code }) => {
      const prepared = kddi.rules(settings).prepareContent(parse(code));
      return "issues" in prepared ? "refused" : (prepared.content as { mode?: string }).mode;
    });
    expect(new Set(modes)).toEqual(new Set(["sms-fallback", "rcs"]));
  });

  test.each(examples)("example $index can be sent as it stands", ({ code }) => {
    expect(lintContent(parse(code), settings)).toEqual([]);
  });

  test("names every key a button can have", () => {
    const buttons = page.slice(page.search(/^## (?:Buttons|ボタン)$/m));
    const keys =
      "url call videoCall enrichedCall showLocation requestLocation calendarEvent composeText composeRecording";
    const more = "requestDeviceSpecifics disableAnonymization enableDisplayedNotifications";
    for (const key of `${keys} ${more}`.split(" ")) expect(buttons).toContain(`\`${key}\``);
  });
});
