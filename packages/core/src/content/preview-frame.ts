import { createHash } from "node:crypto";

/** What stands around every carrier's phones: the page, its heading, the table of buttons. */
const frameStyle = `
:root { color-scheme: light; font: 15px/1.6 "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", Meiryo, sans-serif; color: #1d2330; background: #eef1f5; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 40px; max-width: 900px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 20px; }
h1 { font-size: 20px; margin: 0; }
h2 { font-size: 14px; margin: 0 0 8px; text-align: center; color: #4a5468; }
.mode { margin: 0; padding: 1px 12px; border-radius: 12px; font-size: 13px; }
main { display: flex; flex-wrap: wrap; justify-content: center; gap: 28px 48px; }
.phone { width: 376px; max-width: 100%; padding: 12px; border-radius: 40px; background: #15181f; box-shadow: 0 12px 32px #1d233040; }
.facts { margin: 10px 0 0; text-align: center; color: #4a5468; font-size: 13px; }
table { width: 100%; margin-top: 28px; border-collapse: collapse; background: #fff; border-radius: 12px; overflow: hidden; font-size: 14px; }
caption { padding: 0 0 6px; text-align: left; font-weight: 600; }
th, td { padding: 7px 14px; text-align: left; border-bottom: 1px solid #e8ebf1; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f5f7fa; color: #4a5468; font-weight: 600; white-space: nowrap; }
td:nth-child(2) { white-space: nowrap; }
footer { margin-top: 24px; color: #5a6478; font-size: 13px; text-align: center; }
`;

/** All fields are HTML that is safe already, except `title`. */
export interface FramedPreview {
  title: string;
  mode: string;
  phones: readonly string[];
  /** The rows of the table of buttons, each with as many cells as `columns`; none, no table. */
  buttons: { columns: readonly string[]; rows: readonly (readonly string[])[] };
  footer: string;
}

/**
 * The frame of a carrier's preview pages: one HTML page, in Japanese like its readers, with its own style and nothing to run.
 * @param style the phones' own style, after the frame's; its hash stands in the policy, so it is the same for every page
 * @param sources further directives of the policy, for what the page may load; nothing when left out
 */
export function createPreviewFrame({ style, sources = [] }: { style: string; sources?: readonly string[] }) {
  const whole = `${frameStyle}${style}`;
  /** What a page made here needs to be shown, and nothing else: send it as the header of an answer that carries one. */
  const contentSecurityPolicy = [
    "default-src 'none'",
    ...sources,
    `style-src 'sha256-${createHash("sha256").update(whole).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return {
    contentSecurityPolicy,
    page: ({ title, mode, phones, buttons, footer }: FramedPreview): string => `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeText(contentSecurityPolicy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeText(title)}</title>
<style>${whole}</style>
</head>
<body>
<header><h1>${escapeText(title)}</h1><p class="mode">${mode}</p></header>
<main>
${phones.join("\n")}
</main>
${buttons.rows.length === 0 ? "" : buttonTable(buttons)}
<footer>${footer}</footer>
</body>
</html>
`,
  };
}

/** Where each button leads can't be seen on a phone, and is what a second pair of eyes should look at. */
function buttonTable({ columns, rows }: FramedPreview["buttons"]): string {
  const head = columns.map((column) => `<th>${column}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
  return `<table><caption>ボタンの動作</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** One phone with its label above and facts below. `lang` is the language of its screen, where it is not the page's. */
export function previewPhone({
  label,
  screen,
  facts,
  lang,
}: {
  label: string;
  screen: string;
  facts: string;
  lang?: string;
}): string {
  return `<section aria-label="${label}">
<h2>${label}</h2>
<div class="phone"><div class="screen"${lang === undefined ? "" : ` lang="${lang}"`}>
${screen}
</div></div>
<p class="facts">${facts}</p>
</section>`;
}

/** A line drawing of 24 by 24 units. */
export function previewIcon(path: string): string {
  return `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for HTML, between tags and in quoted attributes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
