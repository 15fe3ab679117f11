import type { Progress } from "../progress/progress-of.ts";
import { type Html, html } from "./html.ts";
import { number, percent } from "./words.ts";

/** Parts of the bar from left to right: done first, what is left last. */
const parts = [
  ["delivered", "delivered"],
  ["underway", "accepted, receipt awaited"],
  ["failed", "not delivered"],
  ["unknown", "outcome unknown"],
  ["sending", "at the gateway"],
  ["stopped", "never sent"],
  ["queued", "left to send"],
] as const satisfies readonly (readonly [keyof Progress, string])[];

const width = 1_000;
/** The narrowest a part may be: three messages of three million must still be seen. */
const least = 4;

/** A picture, not a style: widths as attributes pass a strict content security policy. */
export function progressBar(progress: Progress, { large = false } = {}): Html {
  const total = Math.max(1, progress.total);
  let at = 0;
  const rects = parts.slice(0, -1).map(([part]) => {
    if (progress[part] === 0) return null;
    const x = Math.min(at, width - least);
    const wide = Math.max(least, (progress[part] / total) * width);
    at += wide;
    return html`<rect class="${part}-fill" x="${x.toFixed(1)}" width="${Math.min(wide, width - x).toFixed(1)}" height="10"/>`;
  });
  const told = parts.filter(([part]) => progress[part] > 0).map(([part, name]) => `${number(progress[part])} ${name}`);
  return html`<svg class="bar${large && " large"}" viewBox="0 0 ${width} 10" preserveAspectRatio="none" role="img" aria-label="${told.join(", ")}">${rects}</svg>`;
}

/** What the colours mean, with the exact numbers. */
export function progressLegend(progress: Progress): Html {
  return html`<ul class="legend">${parts
    .filter(([part]) => progress[part] > 0)
    .map(
      ([part, name]) =>
        html`<li><i class="dot ${part}-fill"></i><b>${number(progress[part])}</b> ${name} <span class="soft">${percent(progress[part] / progress.total)}</span></li>`,
    )}</ul>`;
}
