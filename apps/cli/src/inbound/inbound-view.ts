import type { InboundRow } from "@hikyaku/ledger";
import { shownNumber } from "../messages/shown-message.ts";

/** What an end user did as `--json` prints it: the fields of the HTTP API, the number masked unless it is asked for. */
export function inboundView(inbound: InboundRow, { showNumbers }: { showNumbers: boolean }): InboundRow {
  return { ...inbound, recipient: inbound.recipient === null ? null : shownNumber(inbound.recipient, showNumbers) };
}

/** What the user said, in one line: the text, the button, or what was sent. */
export function saidText({ text, displayText, attachment, deviceSpecifics }: InboundRow): string {
  if (text !== null) return displayText === null ? text : `[${displayText}]`;
  if (attachment !== null)
    return attachment.kind === "location" ? (attachment.label ?? "a place") : `a ${attachment.kind}`;
  return deviceSpecifics === null ? "" : "facts of the device";
}
