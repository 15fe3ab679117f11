import type { OverridableRule } from "@hikyaku/core";

/** What an operator may have decided against a rule, against what the system had decided, or against what the carrier held to send. */
export const auditActions = [
  "override-rule",
  "resend-unknown",
  "release-route",
  "remove-suppression",
  "cancel-reservation",
] as const;

export type AuditAction = (typeof auditActions)[number];

/** A word that this version does not know: while an upgrade is rolled out, newer processes write beside older ones that read. */
export type NewerWord = string & Record<never, never>;

/** A row of `audit`: who decided what, why and when. */
export interface AuditEntry {
  /** In the order of time. */
  id: number;
  at: Date;
  /** `api-key:shop`, `user:operator`, `cli:sato@host`. */
  actor: string;
  /** An {@link AuditAction}, or what a newer version has for one. */
  action: AuditAction | NewerWord;
  /** Of an overridden rule: which. */
  rule: OverridableRule | NewerWord | null;
  /** As given; empty when none was. */
  reason: string;
  route: string | null;
  campaignId: string | null;
  /** Null also when the campaign is gone and nothing of it was ever accepted. */
  campaignName: string | null;
  messageId: string | null;
  /** Of a suppression that was removed: whose. */
  recipient: string | null;
  /** What more there is to know, e.g. `{ messages: 12 }`; of a cancelled reservation `{ reserveId, messages, wasCancelled }`. */
  details: Record<string, unknown>;
}

/** An operator's decision, for the audit. */
export interface Decision {
  actor: string;
  reason?: string;
}
