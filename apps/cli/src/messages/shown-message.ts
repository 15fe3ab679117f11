import { maskNumber } from "@hikyaku/core";
import type { MessageRow } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";

/** A message as `--json` prints it: the number masked unless it is asked for. */
export function shownMessage(message: MessageRow, { showNumbers }: { showNumbers: boolean }) {
  return { ...messageView(message), to: shownNumber(message.recipient, showNumbers) };
}

export function shownNumber(recipient: string, showNumbers: boolean): string {
  return showNumbers ? recipient : maskNumber(recipient);
}
