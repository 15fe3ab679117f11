import { referenceMark } from "../reference.ts";
import { type Build, type WireNode, withoutUndefined } from "./build.ts";
import { Field, type RenderValues } from "./field.ts";
import type { Place } from "./place.ts";
import { instant, link, phoneNumber } from "./text-forms.ts";
import type { SuggestedAction, Suggestion } from "./wire-schema.ts";

/**
 * One button: a reply, or an action of which there is exactly one (protocol notes §6.7).
 *
 * @param name tells the button from the others of its content, for the reference, e.g. `card2-button1`
 */
export function buildSuggestion({ reply, action }: Suggestion, name: string, place: Place, build: Build): WireNode {
  if ((reply === undefined) === (action === undefined)) {
    build.fault(place, "rcs-suggestion", "a button is either a reply or an action; give exactly one of them");
  }
  if (reply !== undefined) {
    const at = place.at("reply");
    return { reply: { displayText: label(reply.displayText, at, build), postback: postback(reply, name, at, build) } };
  }
  if (action === undefined) return {};
  const at = place.at("action");
  return {
    action: {
      displayText: label(action.displayText, at, build),
      postback: postback(action, name, at, build),
      ...buildAction(action, at, build),
    },
  };
}

function label(written: string, place: Place, build: Build): WireNode {
  const rule = { what: "a button's label", max: build.limits.displayText, oneLine: true };
  return build.text(written, place.at("displayText"), rule, "button");
}

/** What a tap sends back. The reference stands in it wherever the author left it empty: nothing else links a tap to its message (§13.3). */
function postback(
  { postback: given }: { postback?: { data: string } | undefined },
  name: string,
  place: Place,
  build: Build,
): WireNode {
  const at = place.at("postback").at("data");
  const data = given?.data ?? "";
  const rule = { what: "a button's data", max: build.limits.postbackData, mayBeBlank: true, takesReference: true };
  if (data === "") return { data: build.settings.reference ? `${referenceMark}.${name}` : "" };
  if (!/#\{\s*_ref\s*\}/.test(data)) {
    const mend = "put #{_ref} into it or leave it empty";
    build.warn(
      at,
      "rcs-no-reference",
      `a tap on this button can't be linked to its message, the data holds no reference; ${mend}`,
    );
  }
  return { data: build.text(data, at, rule) };
}

const actionKinds = [
  "urlAction",
  "dialerAction",
  "mapAction",
  "calendarAction",
  "composeAction",
  "deviceAction",
  "settingsAction",
] as const;

function buildAction(action: SuggestedAction, place: Place, build: Build): { [key: string]: WireNode } {
  const given = actionKinds.filter((kind) => action[kind] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none" : given.join(", ");
    build.fault(place, "rcs-action", `a button does exactly one thing; found ${found}`);
  }
  const built: { [key: string]: WireNode } = {};
  const { urlAction, dialerAction, mapAction, calendarAction, composeAction, deviceAction, settingsAction } = action;
  if (urlAction !== undefined) {
    const at = place.at("urlAction").at("openUrl");
    built.urlAction = {
      openUrl: { url: url(urlAction.openUrl.url, at.at("url"), "the URL of a button", build, "url") },
    };
  }
  if (dialerAction !== undefined) built.dialerAction = buildDialer(dialerAction, place.at("dialerAction"), build);
  if (mapAction !== undefined) built.mapAction = buildMap(mapAction, place.at("mapAction"), build);
  if (calendarAction !== undefined)
    built.calendarAction = buildEvent(calendarAction, place.at("calendarAction"), build);
  if (composeAction !== undefined) built.composeAction = buildCompose(composeAction, place.at("composeAction"), build);
  if (deviceAction !== undefined) built.deviceAction = deviceAction;
  if (settingsAction !== undefined) {
    oneOf(settingsAction, place.at("settingsAction"), build);
    built.settingsAction = withoutUndefined(settingsAction);
  }
  return built;
}

function url(written: string, place: Place, what: string, build: Build, shown?: "url"): WireNode {
  return build.text(written, place, { what, form: link, isUrl: true, takesReference: true }, shown);
}

function fallbackUrl(written: string | undefined, place: Place, build: Build): WireNode | undefined {
  return written === undefined
    ? undefined
    : url(written, place.at("fallbackUrl"), "the fallback URL of a button", build);
}

function phone(written: string, place: Place, build: Build): WireNode {
  return build.text(written, place.at("phoneNumber"), { what: "the number of a button", form: phoneNumber });
}

type Part<Kind extends keyof SuggestedAction> = NonNullable<SuggestedAction[Kind]>;

function buildDialer(dialer: Part<"dialerAction">, place: Place, build: Build): WireNode {
  oneOf(dialer, place, build);
  const built: { [key: string]: WireNode } = {};
  for (const kind of ["dialPhoneNumber", "dialEnrichedCall", "dialVideoCall"] as const) {
    const call = dialer[kind];
    if (call === undefined) continue;
    const at = place.at(kind);
    const subject = "subject" in call ? call.subject : undefined;
    const rule = { what: "the subject of a call", max: build.limits.subject, oneLine: true };
    built[kind] = withoutUndefined({
      phoneNumber: phone(call.phoneNumber, at, build),
      subject: subject === undefined ? undefined : build.text(subject, at.at("subject"), rule),
      fallbackUrl: fallbackUrl(call.fallbackUrl, at, build),
    });
  }
  return built;
}

function buildMap(map: Part<"mapAction">, place: Place, build: Build): WireNode {
  oneOf(map, place, build);
  if (map.showLocation === undefined) return withoutUndefined({ requestLocationPush: map.requestLocationPush });
  const at = place.at("showLocation");
  const { latitude, longitude, label: name, query } = map.showLocation.location;
  const location = at.at("location");
  const hasPoint = latitude !== undefined && longitude !== undefined;
  const hasPart = latitude !== undefined || longitude !== undefined || name !== undefined;
  if (query === undefined ? !hasPoint : hasPart) {
    build.fault(location, "rcs-location", "a place is latitude and longitude (and a label), or a query alone");
  }
  const { mapLabel, query: queryMax } = build.limits;
  return {
    showLocation: withoutUndefined({
      location: withoutUndefined({
        latitude,
        longitude,
        label:
          name === undefined
            ? undefined
            : build.text(name, location.at("label"), { what: "a place's label", max: mapLabel }),
        query:
          query === undefined
            ? undefined
            : build.text(query, location.at("query"), { what: "a map button's query", max: queryMax }),
      }),
      fallbackUrl: fallbackUrl(map.showLocation.fallbackUrl, at, build),
    }),
  };
}

function buildEvent({ createCalendarEvent: event }: Part<"calendarAction">, place: Place, build: Build): WireNode {
  const at = place.at("createCalendarEvent");
  const { eventTitle, eventDescription } = build.limits;
  const start = build.text(event.startTime, at.at("startTime"), { what: "the event's start", form: instant });
  const end = build.text(event.endTime, at.at("endTime"), { what: "the event's end", form: instant });
  const inOrder = (values: RenderValues) => {
    const [from, to] = [start, end].map((slot) => (slot instanceof Field ? slot.render(values) : slot));
    // Both are UTC by now; a time that can't be read was reported for itself.
    const isOrdered = typeof from !== "string" || typeof to !== "string" || new Date(from) < new Date(to);
    if (isOrdered || from === "" || to === "") return [];
    const message = "the event ends before it starts; mend one of the two times";
    return [{ path: at.at("endTime").path, level: "error", code: "rcs-event-order", message } as const];
  };
  if (start instanceof Field || end instanceof Field) build.afterRender.push(inOrder);
  else build.issues.push(...inOrder({ plain: {}, encoded: {} }));
  return {
    createCalendarEvent: withoutUndefined({
      startTime: start,
      endTime: end,
      title: build.text(event.title, at.at("title"), { what: "the event's title", max: eventTitle }),
      description:
        event.description === undefined
          ? undefined
          : build.text(event.description, at.at("description"), {
              what: "the event's description",
              max: eventDescription,
            }),
      fallbackUrl: fallbackUrl(event.fallbackUrl, at, build),
    }),
  };
}

function buildCompose(compose: Part<"composeAction">, place: Place, build: Build): WireNode {
  oneOf(compose, place, build);
  const { composeTextMessage: message, composeRecordingMessage: recording } = compose;
  const rule = { what: "the text to compose", max: build.limits.composeText };
  const at = place.at("composeTextMessage");
  return withoutUndefined({
    composeTextMessage:
      message === undefined
        ? undefined
        : { phoneNumber: phone(message.phoneNumber, at, build), text: build.text(message.text, at.at("text"), rule) },
    composeRecordingMessage:
      recording === undefined
        ? undefined
        : {
            phoneNumber: phone(recording.phoneNumber, place.at("composeRecordingMessage"), build),
            type: recording.type,
          },
  });
}

function oneOf(options: object, place: Place, build: Build): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "none" : given.map(([name]) => name).join(", ");
    build.fault(place, "rcs-action", `a button does exactly one thing; found ${found}`);
  }
}
