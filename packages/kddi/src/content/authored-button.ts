import type { AuthoredButton } from "./content-schema.ts";
import type { NotePlace } from "./place.ts";
import type { SuggestedAction, Suggestion } from "./wire-schema.ts";

/** A button in the wire's names. One with a label and no action is a reply. */
export function buttonToWire(button: AuthoredButton, at: string, from: string, note: NotePlace): Suggestion {
  const { label, data = "", ...rest } = button;
  const action = actionToWire(rest, `${at}.action`, from, note);
  const kind = Object.keys(action).length === 0 ? "reply" : "action";
  note(at, from);
  note(`${at}.${kind}`, from);
  note(`${at}.${kind}.displayText`, `${from}.label`);
  note(`${at}.${kind}.postback.data`, `${from}.data`);
  const common = { displayText: label, postback: { data } };
  return kind === "reply" ? { reply: common } : { action: { ...common, ...action } };
}

type Actions = Omit<SuggestedAction, "displayText" | "postback">;

/** Every action that was asked for: that it is one only is the build's to say. */
function actionToWire(
  button: Omit<AuthoredButton, "label" | "data">,
  at: string,
  from: string,
  note: NotePlace,
): Actions {
  const action: Actions = {};
  for (const kind of ["dialerAction", "mapAction", "composeAction", "settingsAction"]) note(`${at}.${kind}`, from);
  if (button.url !== undefined) {
    note(`${at}.urlAction.openUrl.url`, `${from}.url`);
    action.urlAction = { openUrl: { url: button.url } };
  }
  const calls = { dialPhoneNumber: "call", dialVideoCall: "videoCall", dialEnrichedCall: "enrichedCall" } as const;
  for (const [wire, key] of Object.entries(calls) as [keyof typeof calls, (typeof calls)[keyof typeof calls]][]) {
    const call = button[key];
    if (call === undefined) continue;
    note(`${at}.dialerAction.${wire}`, `${from}.${key}`);
    if (typeof call === "string") note(`${at}.dialerAction.${wire}.phoneNumber`, `${from}.${key}`);
    action.dialerAction = {
      ...action.dialerAction,
      [wire]: typeof call === "string" ? { phoneNumber: call } : call,
    };
  }
  if (button.showLocation !== undefined) {
    const { fallbackUrl, ...location } = button.showLocation;
    note(`${at}.mapAction.showLocation`, `${from}.showLocation`);
    note(`${at}.mapAction.showLocation.location`, `${from}.showLocation`);
    action.mapAction = { showLocation: { location, ...(fallbackUrl === undefined ? {} : { fallbackUrl }) } };
  }
  if (button.requestLocation) action.mapAction = { ...action.mapAction, requestLocationPush: {} };
  if (button.calendarEvent !== undefined) {
    const { start, end, ...event } = button.calendarEvent;
    const to = `${at}.calendarAction.createCalendarEvent`;
    note(to, `${from}.calendarEvent`);
    note(`${to}.startTime`, `${from}.calendarEvent.start`);
    note(`${to}.endTime`, `${from}.calendarEvent.end`);
    action.calendarAction = { createCalendarEvent: { startTime: start, endTime: end, ...event } };
  }
  if (button.composeText !== undefined) {
    note(`${at}.composeAction.composeTextMessage`, `${from}.composeText`);
    action.composeAction = { composeTextMessage: button.composeText };
  }
  if (button.composeRecording !== undefined) {
    const { phoneNumber, type } = button.composeRecording;
    note(`${at}.composeAction.composeRecordingMessage`, `${from}.composeRecording`);
    const recording = { phoneNumber, type: type === "audio" ? ("AUDIO" as const) : ("VIDEO" as const) };
    action.composeAction = { ...action.composeAction, composeRecordingMessage: recording };
  }
  if (button.requestDeviceSpecifics) action.deviceAction = { requestDeviceSpecifics: {} };
  if (button.disableAnonymization) action.settingsAction = { disableAnonymization: {} };
  if (button.enableDisplayedNotifications) {
    action.settingsAction = { ...action.settingsAction, enableDisplayedNotifications: {} };
  }
  return action;
}
