import type { Account } from "./account.ts";
import type { Notifier } from "./notifier.ts";

export interface ConnectionTestResult {
  readonly botId: string;
  readonly kind: "webhook" | "sms-result" | "sms-mo";
  readonly url: string;
  /** A 200 came back in time, within four posts. */
  readonly passed: boolean;
  /** Each post: how long its answer took, and the status if there was one. */
  readonly posts: readonly { readonly ms: number; readonly status?: number }[];
}

/** 疎通確認 (guide, start-up procedure): posts to every registered URL with the timing of a notification. */
export async function testConnections(
  accounts: readonly Account[],
  notifier: Notifier,
  body: string,
): Promise<readonly ConnectionTestResult[]> {
  const tests: Promise<ConnectionTestResult>[] = [];
  for (const { options } of accounts) {
    const urls = { webhook: options.webhookUrl, "sms-result": options.smsResultUrl, "sms-mo": options.moUrl } as const;
    for (const kind of ["webhook", "sms-result", "sms-mo"] as const) {
      const url = urls[kind];
      if (url !== undefined) tests.push(testConnection({ botId: options.botId, kind, url }, notifier, body));
    }
  }
  return Promise.all(tests);
}

function testConnection(
  tested: Pick<ConnectionTestResult, "botId" | "kind" | "url">,
  notifier: Notifier,
  body: string,
): Promise<ConnectionTestResult> {
  const posts: { ms: number; status?: number }[] = [];
  return new Promise((resolve) => {
    notifier.notify(tested.url, body, {
      onPost: ({ ms, status }) => posts.push(status === undefined ? { ms } : { ms, status }),
      onEnd: (passed) => resolve({ ...tested, passed, posts }),
    });
  });
}
