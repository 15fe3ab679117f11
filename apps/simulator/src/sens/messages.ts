import type { Template } from "./options.ts";

export interface SentButton {
  readonly type: string;
  readonly name: string;
  readonly linkMobile?: string;
  readonly linkPc?: string;
  readonly schemeIos?: string;
  readonly schemeAndroid?: string;
}

export interface FailoverConfig {
  readonly type?: string;
  readonly from?: string;
  readonly subject?: string;
  readonly content?: string;
}

/** One recipient of a send, checked. */
export interface Entry {
  readonly countryCode: string;
  readonly to: string;
  readonly content: string;
  readonly title?: string;
  readonly headerContent?: string;
  readonly summaryDescription?: string;
  readonly buttons: readonly SentButton[];
  readonly useSmsFailover: boolean;
  readonly failoverConfig: FailoverConfig;
}

/** A message of an AlimTalk request, with what has become of it. */
export interface AlimtalkMessage extends Entry {
  readonly requestId: string;
  /** null: refused inside the 202. */
  readonly messageId: string | null;
  readonly requestAtMs: number;
  readonly plusFriendId: string;
  readonly template: Template;
  readonly requestStatus: { readonly code: string; readonly name: "success" | "fail"; readonly desc: string };
  completeAtMs: number | null;
  result: { readonly code: string; readonly name: "success" | "fail"; readonly desc: string } | null;
  failover: Failover | null;
}

export interface Failover {
  readonly requestStatusCode: string;
  readonly requestStatusName: "success" | "fail";
  readonly sms: SmsMessage | null;
}

export interface SmsMessage {
  readonly requestId: string;
  readonly messageId: string;
  readonly requestAtMs: number;
  readonly type: "SMS" | "LMS" | "MMS";
  readonly contentType: "COMM" | "AD";
  readonly countryCode: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** As the handset shows it: cut where it was too long. */
  readonly content: string;
  status: "READY" | "PROCESSING" | "COMPLETED";
  statusCode: string | null;
  statusName: "success" | "fail" | null;
  completeAtMs: number | null;
}

/** Messages of one service, the oldest first, found by request, id and number. */
export function createMessageStore<
  M extends { readonly requestId: string; readonly messageId: string | null; readonly to: string },
>() {
  let all: M[] = [];
  const byRequest = new Map<string, M[]>();
  const byId = new Map<string, M>();
  const byNumber = new Map<string, M[]>();
  const push = (map: Map<string, M[]>, key: string, message: M) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [message]);
    else list.push(message);
  };
  return {
    add(message: M): void {
      all.push(message);
      push(byRequest, message.requestId, message);
      push(byNumber, message.to, message);
      if (message.messageId !== null) byId.set(message.messageId, message);
    },
    all: (): readonly M[] => all,
    ofRequest: (id: string): readonly M[] => byRequest.get(id) ?? [],
    ofId: (id: string): M | undefined => byId.get(id),
    to: (number: string): readonly M[] => byNumber.get(number) ?? [],
    reset(): void {
      all = [];
      for (const map of [byRequest, byId, byNumber]) map.clear();
    },
  };
}

export type MessageStore<
  M extends { readonly requestId: string; readonly messageId: string | null; readonly to: string },
> = ReturnType<typeof createMessageStore<M>>;
