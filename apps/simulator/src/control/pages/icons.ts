import { Html } from "./html.ts";

function icon(paths: string): Html {
  return new Html(`<svg viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`);
}

/** Line drawings of 24 units, in the colour of the text. */
export const icons = {
  link: icon(
    '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>',
  ),
  phone: icon(
    '<path d="M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"/>',
  ),
  map: icon(
    '<path d="M12 21s7-6.1 7-11.5A7 7 0 0 0 5 9.500C5 14.900 12 21 12 21z"/><circle cx="12" cy="9.500" r="2.500"/>',
  ),
  calendar: icon('<rect x="4" y="5" width="16" height="16" rx="2"/><path d="M4 10h16M8 3v4M16 3v4"/>'),
  compose: icon('<path d="M4 5h16v11H9l-5 4z"/>'),
  device: icon('<rect x="7" y="2" width="10" height="20" rx="2"/><path d="M11 18h2"/>'),
  settings: icon(
    '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
  ),
  reply: icon('<path d="M9 7l-5 5 5 5M4 12h10a6 6 0 0 1 6 6"/>'),
  sound: icon(
    '<path d="M9 18V5l10-2v13"/><circle cx="6.500" cy="18" r="2.500"/><circle cx="16.500" cy="16" r="2.500"/>',
  ),
  file: icon('<path d="M6 2h8l4 4v16H6zM14 2v4h4"/>'),
  send: icon('<path d="M4 12l16-8-6 16-3-7z"/>'),
  power: icon('<path d="M12 3v8M6.500 6.500a8 8 0 1 0 11 0"/>'),
  search: icon('<circle cx="11" cy="11" r="6"/><path d="M16 16l5 5"/>'),
  check: icon('<path d="M5 13l4 4L19 7"/>'),
  checks: icon('<path d="M2 13l4 4L15 7M11 16l1 1L22 7"/>'),
  cross: icon('<path d="M6 6l12 12M18 6L6 18"/>'),
} as const;
