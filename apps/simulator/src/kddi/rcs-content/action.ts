import { refusalCodes } from "../refusal.ts";
import { checkUrl, type Json, readObject, readOneOf, readText, readTime } from "./fields.ts";
import type { Findings } from "./findings.ts";

export const actionKinds = [
  "urlAction",
  "dialerAction",
  "mapAction",
  "calendarAction",
  "composeAction",
  "deviceAction",
  "settingsAction",
] as const;
type ActionKind = (typeof actionKinds)[number];

type Check = (value: Json, path: string, findings: Findings) => void;

/** The commands of an action by kind: the fields each may have, and what is asked of them (protocol notes §6.7). */
const commands: Readonly<
  Record<ActionKind, Readonly<Record<string, readonly [names: readonly string[], check: Check]>>>
> = {
  urlAction: { openUrl: [["url"], checkOpenUrl] },
  dialerAction: {
    dialPhoneNumber: [["phoneNumber", "fallbackUrl"], checkDial],
    dialEnrichedCall: [["phoneNumber", "subject", "fallbackUrl"], checkDial],
    dialVideoCall: [["phoneNumber", "fallbackUrl"], checkDial],
  },
  mapAction: { showLocation: [["location", "fallbackUrl"], checkShowLocation], requestLocationPush: [[], nothing] },
  calendarAction: {
    createCalendarEvent: [["startTime", "endTime", "title", "description", "fallbackUrl"], checkCalendarEvent],
  },
  composeAction: {
    composeTextMessage: [["phoneNumber", "text"], checkComposeText],
    composeRecordingMessage: [["phoneNumber", "type"], checkComposeRecording],
  },
  deviceAction: { requestDeviceSpecifics: [[], nothing] },
  settingsAction: { disableAnonymization: [[], nothing], enableDisplayedNotifications: [[], nothing] },
};

/** An action button: what every button has, and exactly one thing that it does. */
export function checkAction(value: unknown, path: string, findings: Findings, checkButton: Check): void {
  const names = ["displayText", "postback", ...actionKinds];
  const action = readObject(value, path, names, findings, refusalCodes.suggestionKind);
  if (action === undefined) return;
  checkButton(action, path, findings);
  const kind = readOneOf(action, path, actionKinds, findings, refusalCodes.actionKind);
  if (kind === undefined) return;
  const code = refusalCodes[kind];
  const commandNames = Object.keys(commands[kind]);
  const holder = readObject(action[kind], `${path}.${kind}`, commandNames, findings, code);
  const name = holder && readOneOf(holder, `${path}.${kind}`, commandNames, findings, code);
  const command = name === undefined ? undefined : commands[kind][name];
  if (holder === undefined || name === undefined || command === undefined) return;
  const [fields, check] = command;
  const at = `${path}.${kind}.${name}`;
  const given = readObject(holder[name], at, fields, findings, code);
  if (given === undefined) return;
  if (given.fallbackUrl !== undefined) checkUrl(given.fallbackUrl, `${at}.fallbackUrl`, findings, refusalCodes.url);
  check(given, at, findings);
}

function nothing(): void {}

function checkOpenUrl({ url }: Json, path: string, findings: Findings): void {
  checkUrl(url, `${path}.url`, findings, refusalCodes.url, false);
}

function checkDial({ phoneNumber, subject }: Json, path: string, findings: Findings): void {
  checkNumber(phoneNumber, path, findings, refusalCodes.dialerAction);
  if (subject !== undefined) checkActionText(subject, `${path}.subject`, 60, findings);
}

function checkShowLocation({ location }: Json, path: string, findings: Findings): void {
  const code = refusalCodes.mapAction;
  const place = readObject(location, `${path}.location`, ["latitude", "longitude", "label", "query"], findings, code);
  if (place === undefined) return;
  const { latitude, longitude, label, query } = place;
  if (query !== undefined) {
    checkActionText(query, `${path}.location.query`, 200, findings);
    if (latitude !== undefined || longitude !== undefined) {
      findings.refuse(`${path}.location holds a query and a position; only one may stand there`, code);
    }
  } else if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) {
    findings.refuse(`${path}.location needs latitude and longitude in degrees, or a query`, code);
  }
  if (label !== undefined) checkActionText(label, `${path}.location.label`, 100, findings);
}

function checkCalendarEvent(event: Json, path: string, findings: Findings): void {
  const code = refusalCodes.calendarAction;
  const startAt = readTime(event.startTime, `${path}.startTime`, findings, code);
  const endAt = readTime(event.endTime, `${path}.endTime`, findings, code);
  if (startAt !== undefined && endAt !== undefined && endAt < startAt) {
    findings.refuse(`${path}.endTime is before startTime`, code);
  }
  checkActionText(event.title, `${path}.title`, 100, findings);
  if (event.description !== undefined) checkActionText(event.description, `${path}.description`, 500, findings);
}

function checkComposeText({ phoneNumber, text }: Json, path: string, findings: Findings): void {
  checkNumber(phoneNumber, path, findings, refusalCodes.composeAction);
  checkActionText(text, `${path}.text`, 100, findings);
}

function checkComposeRecording({ phoneNumber, type }: Json, path: string, findings: Findings): void {
  checkNumber(phoneNumber, path, findings, refusalCodes.composeAction);
  if (type !== "AUDIO" && type !== "VIDEO") {
    findings.refuse(`${path}.type must be AUDIO or VIDEO`, refusalCodes.composeAction);
  }
}

/** GSMA writes them with `+` and country code; short numbers that only work in a country are written as they are dialled. */
function checkNumber(value: unknown, path: string, findings: Findings, code: number): void {
  if (typeof value === "string" && /^\+?[\d*#]{3,20}$/.test(value)) return;
  findings.refuse(`${path}.phoneNumber must be a number such as +81312345678`, code);
}

function checkActionText(value: unknown, path: string, max: number, findings: Findings): void {
  readText(value, path, findings, { max, codeTooLong: refusalCodes.actionTextTooLong });
}

function isDegrees(value: unknown, most: number): boolean {
  return typeof value === "number" && Math.abs(value) <= most;
}
