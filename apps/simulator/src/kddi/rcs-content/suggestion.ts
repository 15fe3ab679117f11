import { refusalCodes } from "../refusal.ts";
import { actionKinds, checkAction } from "./action.ts";
import { isObject, type Json, readObject, readOneOf, readText } from "./fields.ts";
import type { Findings } from "./findings.ts";

export interface SuggestionCounts {
  readonly max: number;
  readonly tooFew: number;
  readonly tooMany: number;
}

/** A list of buttons (protocol notes §6.7): the chips below a message, or the buttons of a card. */
export function checkSuggestions(value: unknown, path: string, counts: SuggestionCounts, findings: Findings): void {
  if (!Array.isArray(value) || value.length === 0) {
    findings.refuse(
      `${path} must be a list of at least one suggestion; leave it out where there is none`,
      counts.tooFew,
    );
    return;
  }
  if (value.length > counts.max) {
    findings.refuse(`${path} has ${value.length} suggestions; at most ${counts.max} are allowed`, counts.tooMany);
    return;
  }
  value.forEach((suggestion, index) => void checkSuggestion(suggestion, `${path}[${index}]`, findings));
}

function checkSuggestion(value: unknown, path: string, findings: Findings): void {
  const code = refusalCodes.suggestionKind;
  const suggestion = readObject(value, path, ["reply", "action", ...actionKinds], findings, code);
  if (suggestion === undefined) return;
  const kind = readOneOf(suggestion, path, ["reply", "action"], findings, code);
  if (kind === "reply") checkReply(suggestion.reply, `${path}.reply`, findings);
  if (kind === "action") checkAction(actionOf(suggestion, path, findings), `${path}.action`, findings, checkButton);
}

function checkReply(value: unknown, path: string, findings: Findings): void {
  const reply = readObject(value, path, ["displayText", "postback"], findings, refusalCodes.suggestionKind);
  if (reply !== undefined) checkButton(reply, path, findings);
}

/** What every button has: its text, and what comes back when it is tapped. */
function checkButton(button: Json, path: string, findings: Findings): void {
  const limit = { max: 25, code: refusalCodes.displayText, codeTooLong: refusalCodes.displayTextTooLong };
  readText(button.displayText, `${path}.displayText`, findings, limit);
  const postback = readObject(button.postback, `${path}.postback`, ["data"], findings, refusalCodes.postbackMissing);
  if (postback === undefined) return;
  const { data } = postback;
  if (typeof data !== "string") {
    findings.refuse(`${path}.postback.data must be a text`, refusalCodes.postbackMissing);
  } else if ([...data].length > 2048) {
    findings.refuse(`${path}.postback.data has more than 2048 characters`, refusalCodes.postbackTooLong);
  } else if (data === "") {
    findings.deviate(`${path}.postback.data is empty`);
  }
}

/** The guide's §3.7 has `urlAction` beside `action` once and inside it once; inside is right (protocol notes §16). */
function actionOf(suggestion: Json, path: string, findings: Findings): unknown {
  const beside = actionKinds.filter((kind) => suggestion[kind] !== undefined);
  if (beside.length === 0 || !isObject(suggestion.action)) return suggestion.action;
  const action: Record<string, unknown> = { ...suggestion.action };
  for (const kind of beside) {
    findings.deviate(`${path}.${kind} stands beside action`);
    action[kind] ??= suggestion[kind];
  }
  return action;
}
