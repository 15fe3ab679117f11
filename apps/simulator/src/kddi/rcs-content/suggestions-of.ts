import { actionKinds } from "./action.ts";
import { isObject, type Json } from "./fields.ts";

/** One button as the user sees it, wherever the message had it. */
export interface Suggestion {
  readonly kind: "reply" | "action";
  readonly displayText: string;
  readonly postbackData: string;
  /** What an action does, e.g. `openUrl`, with its fields. */
  readonly command: { readonly name: string; readonly fields: Json } | undefined;
  /** Card it stands on, from 0; `undefined` = a chip below the message. */
  readonly card: number | undefined;
}

/** Every button of an RCSMessage that was accepted: those of the cards in their order, then the chips. */
export function suggestionsOf(content: Json): readonly Suggestion[] {
  const chips = content.suggestedChipList ?? content.suggestChipList;
  return [
    ...cardsOf(content).flatMap((card, index) => readList(card.suggestions, index)),
    ...readList(isObject(chips) ? chips.suggestions : undefined, undefined),
  ];
}

/** The cards of a rich card message; none for any other. */
export function cardsOf(content: Json): readonly Json[] {
  const message = objectAt(objectAt(content, "richcardMessage"), "message");
  const single = objectAt(message, "generalPurposeCard");
  const carousel = objectAt(message, "generalPurposeCardCarousel");
  const cards = Array.isArray(carousel.content) ? carousel.content : [single.content];
  return cards.filter(isObject);
}

/** Layout of a single card or a carousel. */
export function layoutOf(content: Json): Json {
  const message = objectAt(objectAt(content, "richcardMessage"), "message");
  return objectAt(
    objectAt(message, "generalPurposeCard" in message ? "generalPurposeCard" : "generalPurposeCardCarousel"),
    "layout",
  );
}

export function objectAt(value: Json, name: string): Json {
  const found = value[name];
  return isObject(found) ? found : {};
}

function readList(list: unknown, card: number | undefined): Suggestion[] {
  return Array.isArray(list) ? list.filter(isObject).map((suggestion) => readSuggestion(suggestion, card)) : [];
}

function readSuggestion(suggestion: Json, card: number | undefined): Suggestion {
  const kind = isObject(suggestion.reply) ? "reply" : "action";
  const button = objectAt(suggestion, kind);
  // An action may stand beside `action`, as once in the guide.
  const actionKind = actionKinds.find((name) => isObject(button[name]) || isObject(suggestion[name]));
  const holder =
    actionKind === undefined ? {} : objectAt(isObject(button[actionKind]) ? button : suggestion, actionKind);
  const name = Object.keys(holder)[0];
  return {
    kind,
    displayText: String(button.displayText),
    postbackData: String(objectAt(button, "postback").data ?? ""),
    command: kind === "reply" || name === undefined ? undefined : { name, fields: objectAt(holder, name) },
    card,
  };
}
