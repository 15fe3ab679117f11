import { refusalCodes } from "../refusal.ts";
import { type Json, readObject, readOneOf, readText } from "./fields.ts";
import type { Findings } from "./findings.ts";
import { checkMedia, checkThumbnail, type RcsLimits } from "./media.ts";
import { checkSuggestions } from "./suggestion.ts";

const cardKinds = ["generalPurposeCard", "generalPurposeCardCarousel"] as const;
const widths: readonly unknown[] = ["SMALL_WIDTH", "MEDIUM_WIDTH"];
const heights: readonly unknown[] = ["SHORT_HEIGHT", "MEDIUM_HEIGHT", "TALL_HEIGHT"];
const media = { url: "mediaUrl", type: "mediaContentType", size: "mediaFileSize" } as const;
const thumbnail = { url: "thumbnailUrl", type: "thumbnailContentType", size: "thumbnailFileSize" } as const;

/** `richcardMessage` (guide §3.6, §3.7, protocol notes §6.6): one card, or a carousel of several. */
export function checkRichCard(value: unknown, path: string, limits: RcsLimits, findings: Findings): void {
  const outer = readObject(value, path, ["message"], findings, refusalCodes.cardKind);
  const message = outer && readObject(outer.message, `${path}.message`, cardKinds, findings, refusalCodes.cardKind);
  if (message === undefined) return;
  const kind = readOneOf(message, `${path}.message`, cardKinds, findings, refusalCodes.cardKind);
  if (kind === undefined) return;
  const at = `${path}.message.${kind}`;
  const card = readObject(message[kind], at, ["layout", "content"], findings, refusalCodes.cardContentMissing);
  if (card === undefined) return;
  if (kind === "generalPurposeCard") {
    checkStandaloneLayout(card.layout, `${at}.layout`, findings);
    checkCard(card.content, `${at}.content`, undefined, limits, findings);
  } else {
    checkCarousel(card, at, limits, findings);
  }
}

function checkStandaloneLayout(value: unknown, path: string, findings: Findings): void {
  const names = ["cardOrientation", "imageAlignment", "cardWidth"];
  const layout = readLayout(value, path, names, findings);
  if (layout === undefined) return;
  const { cardOrientation, imageAlignment, cardWidth } = layout;
  // The guide's own sample sends it for a single card, where it means nothing.
  if (cardWidth !== undefined) findings.deviate(`${path}.cardWidth belongs to a carousel`);
  if (cardOrientation === "HORIZONTAL") {
    if (imageAlignment === undefined) {
      findings.refuse(`${path}.imageAlignment is missing: HORIZONTAL needs it`, refusalCodes.alignmentMissing);
    } else if (imageAlignment !== "LEFT" && imageAlignment !== "RIGHT") {
      findings.refuse(`${path}.imageAlignment must be LEFT or RIGHT`, refusalCodes.alignment);
    }
  } else if (cardOrientation !== "VERTICAL") {
    findings.refuse(`${path}.cardOrientation must be VERTICAL or HORIZONTAL`, refusalCodes.cardOrientation);
  } else if (imageAlignment !== undefined) {
    findings.refuse(`${path}.imageAlignment must not stand with VERTICAL`, refusalCodes.alignmentForbidden);
  }
}

function checkCarousel(carousel: Json, path: string, limits: RcsLimits, findings: Findings): void {
  const layout = readLayout(carousel.layout, `${path}.layout`, ["cardWidth"], findings);
  const width = layout?.cardWidth;
  if (layout !== undefined && !widths.includes(width)) {
    findings.refuse(`${path}.layout.cardWidth must be SMALL_WIDTH or MEDIUM_WIDTH`, refusalCodes.cardWidth);
  }
  const { content } = carousel;
  if (!Array.isArray(content)) {
    findings.refuse(`${path}.content must be a list of cards`, refusalCodes.cardContentMissing);
    return;
  }
  const { minCards, maxCards } = limits;
  if (content.length < minCards || content.length > maxCards) {
    findings.refuse(
      `${path}.content has ${content.length} cards; ${minCards} to ${maxCards} are allowed`,
      refusalCodes.cardCount,
    );
    return;
  }
  content.forEach((card, index) => void checkCard(card, `${path}.content[${index}]`, width, limits, findings));
}

function readLayout(value: unknown, path: string, names: readonly string[], findings: Findings): Json | undefined {
  return readObject(value, path, names, findings, refusalCodes.layoutMissing);
}

function checkCard(value: unknown, path: string, width: unknown, limits: RcsLimits, findings: Findings): void {
  const names = ["media", "title", "description", "suggestions"];
  const card = readObject(value, path, names, findings, refusalCodes.cardContentMissing);
  if (card === undefined) return;
  if (card.media === undefined && card.title === undefined && card.description === undefined) {
    findings.refuse(`${path} needs media, a title or a description`, refusalCodes.emptyCard);
    return;
  }
  if (card.media !== undefined) checkCardMedia(card.media, `${path}.media`, width, limits, findings);
  if (card.title !== undefined) {
    readText(card.title, `${path}.title`, findings, { max: 200, codeTooLong: refusalCodes.titleTooLong });
  }
  if (card.description !== undefined) {
    const limit = { max: 2000, codeTooLong: refusalCodes.descriptionTooLong };
    readText(card.description, `${path}.description`, findings, limit);
  }
  if (card.suggestions !== undefined) {
    const counts = { max: 4, tooFew: refusalCodes.cardSuggestions, tooMany: refusalCodes.cardSuggestions };
    checkSuggestions(card.suggestions, `${path}.suggestions`, counts, findings);
  }
}

function checkCardMedia(value: unknown, path: string, width: unknown, limits: RcsLimits, findings: Findings): void {
  const names = [...Object.values(media), ...Object.values(thumbnail), "height", "contentDescription"];
  const given = readObject(value, path, names, findings, refusalCodes.mediaUrl);
  if (given === undefined) return;
  checkMedia(given, path, media, [...limits.imageTypes, ...limits.videoTypes], limits, findings);
  checkThumbnail(given, path, thumbnail, limits, findings);
  if (!heights.includes(given.height)) {
    findings.refuse(`${path}.height must be one of ${heights.join(", ")}`, refusalCodes.mediaHeight);
  } else if (given.height === "TALL_HEIGHT" && width === "SMALL_WIDTH") {
    // Other gateways refuse it; the guide's §3.7 sends it, with a screenshot of the result.
    findings.deviate(`${path}.height is TALL_HEIGHT in a card of SMALL_WIDTH`);
  }
  if (given.contentDescription !== undefined) {
    const limit = { max: 200, codeTooLong: refusalCodes.mediaDescription };
    readText(given.contentDescription, `${path}.contentDescription`, findings, limit);
  }
}
