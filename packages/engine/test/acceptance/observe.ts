import { listMessages, type MessageRow, messagesOfRecipient } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import type { TestSystem } from "../start-system.ts";

export interface SimulatedMessage {
  readonly msgId: string;
  readonly channel: "sms" | "rcs";
  readonly mode: string;
  readonly to: string;
  readonly state: string;
  readonly text: string;
}

export interface SimulatedRequest {
  readonly answered: number | "closed" | "gone";
}

interface Phone {
  readonly inbox: readonly { readonly channel: "sms" | "rcs"; readonly text: string; readonly msgId: string }[];
}

export interface GatewayMetrics {
  readonly accepted: number;
  readonly duplicates: { readonly count: number };
  readonly notifications: { readonly lost: number; readonly late: number; readonly posts: number };
}

const path = (number: string) => encodeURIComponent(number);

/** What lies on the phone, each as channel and text. */
export async function inboxOf(system: TestSystem, number: string): Promise<string[]> {
  const { inbox } = await system.control<Phone>("GET", `/sim/phones/${path(number)}`);
  return inbox.map(({ channel, text }) => `${channel} ${text}`.trim());
}

/** What the gateway took for the number, and every request that named it. */
export function gatewayRecordOf(system: TestSystem, number: string) {
  return system.control<{ messages: SimulatedMessage[]; requests: SimulatedRequest[] }>(
    "GET",
    `/sim/messages?to=${path(number)}`,
  );
}

export const gatewayMetrics = (system: TestSystem) => system.control<GatewayMetrics>("GET", "/sim/metrics");

export const setPhone = (system: TestSystem, number: string, patch: Readonly<Record<string, unknown>>) =>
  system.control("PUT", `/sim/phones/${path(number)}`, patch);

/** State of each first leg, by recipient. */
export async function statesOf(system: TestSystem, campaignId: string): Promise<Record<string, string>> {
  const rows = await listMessages(system.ledger.sql, { campaignId, leg: 1, limit: 1_000 });
  return Object.fromEntries(rows.map(({ recipient, state }) => [recipient, state]));
}

/** Waits until the one message to a recipient is in the state, and answers it. */
export async function messageIn(system: TestSystem, recipient: string, state: string): Promise<MessageRow> {
  return await waitFor(
    async () => {
      const rows = await messagesOfRecipient(system.ledger.sql, { recipient, limit: 2 });
      return rows.find((row) => row.state === state) ?? null;
    },
    { what: `the message to ${recipient} to be ${state}`, timeoutMs: 30_000 },
  );
}
