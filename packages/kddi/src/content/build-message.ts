import { type Build, type WireNode, withoutUndefined } from "./build.ts";
import { buildAudio, buildCardMedia, buildFile } from "./build-media.ts";
import { buildSuggestion } from "./build-suggestion.ts";
import type { Place } from "./place.ts";
import { instant, position } from "./text-forms.ts";
import type {
  CardCarousel,
  CardContent,
  GeolocationMessage,
  RcsMessage,
  StandaloneCard,
  Suggestion,
} from "./wire-schema.ts";

const contentNames = [
  "textMessage",
  "fileMessage",
  "audioMessage",
  "geolocationPushMessage",
  "richcardMessage",
] as const;

/** `RCSMessage`: exactly one content and what may stand beside it (protocol notes §6). */
export function buildMessage(rcs: RcsMessage, place: Place, build: Build): WireNode {
  const given = contentNames.filter((name) => rcs[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none" : given.join(", ");
    build.fault(place, "rcs-one-content", `give exactly one of ${contentNames.join(", ")}; found ${found}`);
  }
  const { textMessage, fileMessage, audioMessage, geolocationPushMessage, richcardMessage, suggestedChipList } = rcs;
  const textRule = { what: "the +Message text", max: build.limits.text };
  return withoutUndefined({
    textMessage:
      textMessage === undefined ? undefined : build.text(textMessage, place.at("textMessage"), textRule, "text"),
    fileMessage: fileMessage === undefined ? undefined : buildFile(fileMessage, place.at("fileMessage"), build),
    audioMessage: audioMessage === undefined ? undefined : buildAudio(audioMessage, place.at("audioMessage"), build),
    geolocationPushMessage:
      geolocationPushMessage === undefined
        ? undefined
        : buildGeolocation(geolocationPushMessage, place.at("geolocationPushMessage"), build),
    richcardMessage:
      richcardMessage === undefined
        ? undefined
        : { message: buildRichCard(richcardMessage.message, place.at("richcardMessage").at("message"), build) },
    suggestedChipList:
      suggestedChipList === undefined
        ? undefined
        : buildChips(suggestedChipList.suggestions, place.at("suggestedChipList").at("suggestions"), build),
    expiry: rcs.expiry === undefined ? undefined : buildExpiry(rcs.expiry, place.at("expiry"), build),
    trafficType: rcs.trafficType === undefined ? undefined : allowedTrafficType(rcs.trafficType, place, build),
  });
}

function buildGeolocation(location: GeolocationMessage, place: Place, build: Build): WireNode {
  const time = (written: string | undefined, key: string, what: string) =>
    written === undefined ? undefined : build.text(written, place.at(key), { what, form: instant });
  const { label, pos, radius, timeOffset } = location;
  const labelRule = { what: "the place's label", max: build.limits.label };
  return withoutUndefined({
    expiry: time(location.expiry, "expiry", "the location's expiry"),
    label: label === undefined ? undefined : build.text(label, place.at("label"), labelRule, "text"),
    pos: build.text(pos, place.at("pos"), { what: "the position", form: position }),
    radius,
    timeOffset: timeOffset === undefined ? undefined : sentTimeOffset(timeOffset, place.at("timeOffset"), build),
    timestamp: time(location.timestamp, "timestamp", "the location's time"),
  });
}

/** The guide's sample has hours and GSMA minutes (protocol notes §6.5), so it is sent only where the route says which. */
function sentTimeOffset(offset: number, place: Place, build: Build): number | undefined {
  if (build.settings.timeOffset !== "omit") {
    if (!Number.isInteger(offset)) build.fault(place, "rcs-time-offset", "is no whole number of hours; leave it out");
    return offset;
  }
  const why = "its unit at KDDI is not known; set the route's rcs.timeOffset when it is";
  build.warn(place, "rcs-time-offset-left-out", `the time offset is not sent: ${why}`);
  return undefined;
}

function buildRichCard(
  message: NonNullable<RcsMessage["richcardMessage"]>["message"],
  place: Place,
  build: Build,
): WireNode {
  const { generalPurposeCard: card, generalPurposeCardCarousel: carousel } = message;
  if ((card === undefined) === (carousel === undefined)) {
    build.fault(place, "rcs-one-card", "a rich card is one generalPurposeCard or one generalPurposeCardCarousel");
  }
  if (card !== undefined) return { generalPurposeCard: buildStandalone(card, place.at("generalPurposeCard"), build) };
  if (carousel === undefined) return {};
  return { generalPurposeCardCarousel: buildCarousel(carousel, place.at("generalPurposeCardCarousel"), build) };
}

function buildStandalone({ layout, content }: StandaloneCard, place: Place, build: Build): WireNode {
  const at = place.at("layout");
  const { cardOrientation, imageAlignment, cardWidth } = layout;
  if (cardOrientation === "HORIZONTAL" && imageAlignment === undefined) {
    build.fault(at.at("imageAlignment"), "rcs-layout", "a horizontal card needs the picture's side: LEFT or RIGHT");
  }
  if (cardOrientation === "VERTICAL" && imageAlignment !== undefined) {
    build.fault(at.at("imageAlignment"), "rcs-layout", "a vertical card has its picture on top; remove the alignment");
  }
  if (cardWidth !== undefined) {
    build.warn(at.at("cardWidth"), "rcs-card-width-left-out", "a single card has no width of its own; it is not sent");
  }
  return {
    layout: withoutUndefined({ cardOrientation, imageAlignment }),
    content: buildCard(content, "", place.at("content"), build),
  };
}

function buildCarousel({ layout, content }: CardCarousel, place: Place, build: Build): WireNode {
  const { cards: most, cardsAdvised } = build.limits;
  const at = place.at("content");
  const count = content.length;
  if (count < 2) build.fault(at, "rcs-card-count", `a carousel has 2 to ${most} cards, found ${count}; one is a card`);
  else if (count > most) build.fault(at, "rcs-card-count", `a carousel has 2 to ${most} cards, found ${count}`);
  else if (count > cardsAdvised) {
    build.warn(at, "rcs-card-count", `${count} cards; some platforms show no more than ${cardsAdvised}`);
  }
  for (const [index, { media }] of content.entries()) {
    if (layout.cardWidth !== "SMALL_WIDTH" || media?.height !== "TALL_HEIGHT") continue;
    // The guide's own sample (§3.7) has it, so it is not refused.
    const message = "tall media in a small card: GSMA servers refuse it; use another height or width";
    build.warn(at.at(index).at("media").at("height"), "rcs-small-and-tall", message);
  }
  return {
    layout: { cardWidth: layout.cardWidth },
    content: content.map((card, index) => buildCard(card, `card${index + 1}-`, at.at(index), build)),
  };
}

function buildCard({ media, title, description, suggestions }: CardContent, name: string, place: Place, build: Build) {
  if (media === undefined && title === undefined && description === undefined) {
    build.fault(place, "rcs-empty-card", "a card needs at least one of media, title and description");
  }
  const { title: titleMax, description: descriptionMax } = build.limits;
  const titleRule = { what: "the card's title", max: titleMax };
  const descriptionRule = { what: "the card's description", max: descriptionMax };
  return withoutUndefined({
    title: title === undefined ? undefined : build.text(title, place.at("title"), titleRule, "text"),
    description:
      description === undefined ? undefined : build.text(description, place.at("description"), descriptionRule, "text"),
    media: media === undefined ? undefined : buildCardMedia(media, place.at("media"), build),
    suggestions: buildButtons(suggestions ?? [], `${name}button`, build.limits.buttons, place.at("suggestions"), build),
  });
}

function buildChips(chips: readonly Suggestion[], place: Place, build: Build): WireNode | undefined {
  const suggestions = buildButtons(chips, "chip", build.limits.chips, place, build);
  return suggestions === undefined ? undefined : { suggestions };
}

/** None at all are left out: an empty list is refused by some servers (protocol notes §6.6). */
function buildButtons(
  buttons: readonly Suggestion[],
  name: string,
  most: number,
  place: Place,
  build: Build,
): WireNode | undefined {
  if (buttons.length === 0) return undefined;
  if (buttons.length > most) {
    build.fault(place, "rcs-button-count", `at most ${most} buttons may stand here, found ${buttons.length}`);
  }
  return buttons.map((button, index) => buildSuggestion(button, `${name}${index + 1}`, place.at(index), build));
}

function buildExpiry(written: string, place: Place, build: Build): WireNode {
  if (!build.settings.expiry) build.fault(place, "rcs-expiry-off", whenOff("expiry"));
  return build.text(written, place, { what: "the expiry", form: instant });
}

function allowedTrafficType(type: string, place: Place, build: Build): WireNode {
  if (!build.settings.trafficType) build.fault(place.at("trafficType"), "rcs-traffic-type-off", whenOff("trafficType"));
  return type;
}

/** Not known to be honoured by KDDI (protocol notes §21), so the operator says so once. */
export function whenOff(knob: "expiry" | "trafficType"): string {
  return `${knob} is not sent unless the route's rcs.${knob} is true; set it when KDDI has confirmed it, or remove this`;
}
