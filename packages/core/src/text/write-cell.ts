/**
 * One CSV cell (RFC 4180), in the form every spreadsheet reads back. A cell that begins like a formula gets a leading
 * apostrophe, so that a name such as `=HYPERLINK(…)` in a customer list stays text on the operator's desk; a phone number
 * with its `+`, masked or not, is left alone.
 */
export function writeCell(value: string): string {
  const text = /^[=@\t\r]|^[+-](?![\d\s()*-]+$)/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
