/** Headers under which a list may have its consents, besides those of the producer; without regard to case and width. */
const aliases = {
  consent_at: ["consent_at", "consent at", "同意日時", "同意日", "同意取得日"],
  consent_source: ["consent_source", "consent source", "同意方法", "同意取得方法", "同意取得元"],
} as const;

export type ConsentColumns = Readonly<Partial<Record<keyof typeof aliases, number>>>;

/** Where a file has when and how its recipients agreed to advertising; empty where it does not. */
export function consentColumns(header: readonly string[]): ConsentColumns {
  const folded = header.map((cell) => cell.normalize("NFKC").trim().toLowerCase());
  const found: { -readonly [Name in keyof ConsentColumns]: number } = {};
  for (const [name, headers] of Object.entries(aliases)) {
    const at = headers.map((each) => folded.indexOf(each)).find((index) => index !== -1);
    if (at !== undefined) found[name as keyof typeof aliases] = at;
  }
  return found;
}
