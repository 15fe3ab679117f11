import { randomUUID } from "node:crypto";
import type { SimClock } from "../clock.ts";
import type { SimulatorSettings } from "../options.ts";
import type { Account } from "./account.ts";
import type { Notifier } from "./notifier.ts";
import { shapeReply } from "./shapes.ts";

export interface Reply {
  readonly account: Account;
  readonly from: string;
  readonly smsNumber: string;
  readonly text: string;
}

export interface Replies {
  /** Pushes an SMS the user wrote (guide §2.4). Gives its msgId, or nothing where the account has no URL for it. */
  send(reply: Reply): string | undefined;
}

export function createReplies(deps: {
  readonly settings: SimulatorSettings;
  readonly clock: SimClock;
  readonly notifier: Notifier;
}): Replies {
  const { settings, clock, notifier } = deps;
  return {
    send({ account, from, smsNumber, text }) {
      const url = account.options.moUrl ?? account.options.smsResultUrl;
      if (url === undefined) return undefined;
      const msgId = randomUUID();
      const body = shapeReply(settings.smsResultShape, { msgId, smsNumber, from, text, at: clock.now() });
      notifier.notify(url, body, { onPost() {}, onEnd() {} });
      return msgId;
    },
  };
}
