import type { RcsSettings } from "../rcs-settings.ts";
import { buttonToWire } from "./authored-button.ts";
import type { AuthoredCard, AuthoredContent } from "./content-schema.ts";
import { type NotePlace, pathAt } from "./place.ts";
import type { CardContent, RcsMessage } from "./wire-schema.ts";

/** Names of the +Message part in short form, other than a plain text. */
export const plusMessageKeys = ["file", "audio", "location", "card", "carousel"] as const;

/**
 * The +Message part of a content in the wire's names. Where each value was written is noted, so that what is wrong with it can be said
 * in the author's words.
 *
 * @param text what +Message shows where the content has no other +Message part
 */
export function authoredToWire(
  content: AuthoredContent,
  text: string | undefined,
  { timeOffset }: Pick<RcsSettings, "timeOffset">,
  note: NotePlace,
): RcsMessage {
  const { file, audio, location, card, carousel, carouselWidth = "medium", chips, trafficType } = content;
  const rcs: RcsMessage = {};
  if (text !== undefined) {
    note(".textMessage", "content.text");
    rcs.textMessage = text;
  }
  if (file !== undefined) {
    noteFile(".fileMessage", "content.file", note);
    const { thumbnail } = file;
    rcs.fileMessage = {
      ...wireFile(file),
      ...(thumbnail === undefined
        ? {}
        : {
            thumbnailUrl: thumbnail.url,
            thumbnailFileName: thumbnail.name,
            thumbnailMIMEType: thumbnail.mime,
            thumbnailFileSize: thumbnail.size,
          }),
    };
  }
  if (audio !== undefined) {
    noteFile(".audioMessage", "content.audio", note);
    rcs.audioMessage = {
      ...wireFile(audio),
      ...(audio.seconds === undefined ? {} : { playingLength: audio.seconds }),
    };
  }
  if (location !== undefined) {
    const at = ".geolocationPushMessage";
    note(at, "content.location");
    note(`${at}.pos`, "content.location");
    note(`${at}.timeOffset`, "content.location.timeOffsetMinutes");
    const { latitude, longitude, timeOffsetMinutes: minutes, ...rest } = location;
    const offset = minutes === undefined ? {} : { timeOffset: timeOffset === "hours" ? minutes / 60 : minutes };
    rcs.geolocationPushMessage = { pos: `${degrees(latitude)} ${degrees(longitude)}`, ...rest, ...offset };
  }
  if (card !== undefined || carousel !== undefined) {
    rcs.richcardMessage = { message: {} };
    note(".richcardMessage.message", "content");
  }
  if (card !== undefined && rcs.richcardMessage !== undefined) {
    const at = ".richcardMessage.message.generalPurposeCard";
    note(`${at}.layout`, "content.card");
    const { orientation = "vertical", imageAlignment } = card;
    rcs.richcardMessage.message.generalPurposeCard = {
      layout: {
        cardOrientation: upperCase(orientation),
        ...(imageAlignment === undefined ? {} : { imageAlignment: upperCase(imageAlignment) }),
      },
      content: cardToWire(card, `${at}.content`, "content.card", note),
    };
  }
  if (carousel !== undefined && rcs.richcardMessage !== undefined) {
    const at = ".richcardMessage.message.generalPurposeCardCarousel";
    note(`${at}.content`, "content.carousel");
    note(`${at}.layout.cardWidth`, "content.carouselWidth");
    rcs.richcardMessage.message.generalPurposeCardCarousel = {
      layout: { cardWidth: `${upperCase(carouselWidth)}_WIDTH` },
      content: carousel.map((each, index) =>
        cardToWire(each, pathAt(`${at}.content`, index), pathAt("content.carousel", index), note),
      ),
    };
  }
  if (chips !== undefined) {
    const at = ".suggestedChipList.suggestions";
    note(at, "content.chips");
    rcs.suggestedChipList = {
      suggestions: chips.map((chip, index) =>
        buttonToWire(chip, pathAt(at, index), pathAt("content.chips", index), note),
      ),
    };
  }
  if (trafficType !== undefined) rcs.trafficType = trafficType;
  return rcs;
}

function cardToWire(card: AuthoredCard, at: string, from: string, note: NotePlace): CardContent {
  const { title, description, media, buttons } = card;
  note(at, from);
  note(`${at}.suggestions`, `${from}.buttons`);
  const wire: CardContent = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
  if (media !== undefined) {
    const [to, here] = [`${at}.media`, `${from}.media`];
    note(`${to}.mediaUrl`, `${here}.url`);
    note(`${to}.mediaContentType`, `${here}.mime`);
    note(`${to}.mediaFileSize`, `${here}.size`);
    note(`${to}.contentDescription`, `${here}.description`);
    note(`${to}.thumbnailUrl`, `${here}.thumbnail.url`);
    note(`${to}.thumbnailContentType`, `${here}.thumbnail.mime`);
    note(`${to}.thumbnailFileSize`, `${here}.thumbnail.size`);
    wire.media = {
      mediaUrl: media.url,
      mediaContentType: media.mime,
      mediaFileSize: media.size,
      height: `${upperCase(media.height)}_HEIGHT`,
      ...(media.description === undefined ? {} : { contentDescription: media.description }),
      ...(media.thumbnail === undefined
        ? {}
        : {
            thumbnailUrl: media.thumbnail.url,
            thumbnailContentType: media.thumbnail.mime,
            thumbnailFileSize: media.thumbnail.size,
          }),
    };
  }
  if (buttons !== undefined) {
    wire.suggestions = buttons.map((button, index) =>
      buttonToWire(button, pathAt(`${at}.suggestions`, index), pathAt(`${from}.buttons`, index), note),
    );
  }
  return wire;
}

function wireFile({ url, name, mime, size }: { url: string; name: string; mime: string; size: number }) {
  return { fileUrl: url, fileName: name, fileMIMEType: mime, fileSize: size };
}

function noteFile(at: string, from: string, note: NotePlace): void {
  note(at, from);
  note(`${at}.fileUrl`, `${from}.url`);
  note(`${at}.fileName`, `${from}.name`);
  note(`${at}.fileMIMEType`, `${from}.mime`);
  note(`${at}.fileSize`, `${from}.size`);
  note(`${at}.thumbnailUrl`, `${from}.thumbnail.url`);
  note(`${at}.thumbnailFileName`, `${from}.thumbnail.name`);
  note(`${at}.thumbnailMIMEType`, `${from}.thumbnail.mime`);
  note(`${at}.thumbnailFileSize`, `${from}.thumbnail.size`);
}

/** As the author wrote it; a value so small that it would get an exponent is nothing. */
function degrees(value: number): string {
  return Math.abs(value) < 1e-6 ? "0" : String(value);
}

function upperCase<Word extends string>(word: Word): Uppercase<Word> {
  return word.toUpperCase() as Uppercase<Word>;
}
