/**
 * How Japanese, English and Korean advertising texts say where it can be refused. A way is a text, or `/…/` with a regular
 * expression in it; a URL of one's own is the surest.
 */
export const defaultRefusalWays: readonly string[] = [
  "配信停止",
  "受信拒否",
  "/(?:配信|受信|登録|送信)(?:の|を)?(?:停止|解除|拒否)/",
  "/(?:停止|解除|拒否)(?:の)?(?:お?手続き?)?(?:は|:|→)(?:こちら|下記|https?:)/",
  "/(?:停止|STOP)[」』\"']?(?:と|を)(?:ご)?返信/i",
  "/\\b(?:unsubscribe|opt[- ]?out)\\b/i",
  "/\\breply\\s+[\"']?stop\\b/i",
  "수신거부",
];

/** What is looked for: a text in the {@link folded} form, or an expression. */
export type RefusalWay = string | RegExp;

export type RefusalWayResult = { ok: true; way: RefusalWay } | { ok: false; reason: string };

/**
 * Reads a way. Texts are compared without regard to width, case and space (`配信 停止` and `ＳＴＯＰ` are found); a regular
 * expression is tried on the text with full-width letters and digits made half-width (NFKC).
 */
export function readRefusalWay(way: string): RefusalWayResult {
  const expression = /^\/(.+)\/([a-z]*)$/s.exec(way);
  if (!expression) {
    const wanted = folded(way);
    if (wanted === "") return { ok: false, reason: "it is empty; write a text such as 配信停止, or a URL" };
    return { ok: true, way: wanted };
  }
  const [, source = "", flags = ""] = expression;
  try {
    // `g` and `y` would make each answer depend on the one before.
    return { ok: true, way: new RegExp(source, `${flags.replaceAll(/[gyuv]/g, "")}u`) };
  } catch (error) {
    return { ok: false, reason: `not a regular expression (${error instanceof Error ? error.message : error})` };
  }
}

/** The form in which names and ways are looked for in a text. */
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s/gu, "");
}
