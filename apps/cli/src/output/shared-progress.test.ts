import { expect, test } from "vitest";
import type { ProgressState } from "./progress-line.ts";
import { shareProgress } from "./shared-progress.ts";

test("the first that is not through is shown in full, the others by how far they are; the line ends with the last", () => {
  const shown: (ProgressState | "stopped" | string)[] = [];
  const line = { update: shown.push.bind(shown), say: shown.push.bind(shown), stop: () => void shown.push("stopped") };
  const [sms, kakao] = shareProgress(line as never, ["sms", "kakao"]);
  const state = { label: "sending", total: 10, perSecond: 1 };
  sms?.update({ ...state, done: 5 });
  kakao?.update({ ...state, done: 3 });
  expect(shown.at(-1)).toMatchObject({ label: "sms sending", done: 5, note: "kakao 30 %" });
  kakao?.say("held");
  expect(shown.at(-1)).toBe("kakao: held");
  sms?.stop();
  expect(shown.at(-1)).toMatchObject({ label: "kakao sending", done: 3 });
  kakao?.stop();
  expect(shown.at(-1)).toBe("stopped");
});
