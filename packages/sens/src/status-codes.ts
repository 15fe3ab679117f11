import { shownText } from "@hikyaku/exchange";
/**
 * What kind of trouble a delivery code tells of. `recipient`, `request`, `template`, `channel`, `system`, `quota`: final. `transient`: final
 * for this message, another try may go well. `uncertain`: not final, the carrier itself does not know yet.
 */
export type CodeClass =
  | "success"
  | "recipient"
  | "request"
  | "template"
  | "channel"
  | "system"
  | "quota"
  | "transient"
  | "uncertain"
  | "unknown";

export interface DeliveryCode {
  means: string;
  class: CodeClass;
}

const code = (codeClass: CodeClass, means: string): DeliveryCode => ({ means, class: codeClass });

/** `messageStatusCode`: Kakao's codes, which SENS is seen to pass on unchanged (protocol notes §13.2). */
export const deliveryCodes: Readonly<Record<string, DeliveryCode>> = {
  "0000": code("success", "delivered"),
  "1001": code("system", "the request body is not JSON"),
  "1002": code("system", "the hub partner's key is wrong"),
  "1003": code("channel", "the channel's sender key is wrong"),
  "1004": code("system", "the JSON has no name"),
  "1006": code("channel", "the channel's profile was deleted"),
  "1007": code("channel", "the channel's profile is stopped or blocked"),
  "1011": code("system", "no contract was found"),
  "1012": code("system", "the user key has a wrong form"),
  "1013": code("system", "the app link is wrong"),
  "1014": code("channel", "the business number is wrong"),
  "1015": code("system", "the app user ID is wrong"),
  "1016": code("channel", "the business number is another's"),
  "1020": code("recipient", "the phone number is missing or invalid"),
  "1021": code("channel", "the channel is blocked"),
  "1022": code("channel", "the channel is closed"),
  "1023": code("channel", "the channel was deleted"),
  "1024": code("channel", "the channel waits for its deletion"),
  "1025": code("channel", "the channel is under sanction"),
  "1027": code("channel", "the channel's messages are under sanction"),
  "1028": code("request", "the targeting option can't be used"),
  "1030": code("request", "a parameter is invalid"),
  "1033": code("request", "message type and bubble type differ"),
  "2001": code("transient", "could not be sent, unexpected error"),
  "2003": code("system", "test server: the channel was not added"),
  "2005": code("transient", "the image's information could not be read"),
  "2006": code("system", "the serial number's prefix is wrong"),
  "3000": code("transient", "unexpected error"),
  "3005": code("uncertain", "sent, receipt not confirmed: it may arrive within three days"),
  "3006": code("transient", "internal error, not delivered"),
  "3008": code("recipient", "the phone number is wrong"),
  "3010": code("transient", "unexpected error"),
  "3011": code("system", "the message does not exist"),
  "3012": code("transient", "communication with Kakao failed"),
  "3013": code("request", "the message is empty"),
  "3014": code("request", "the message is too long"),
  "3015": code("template", "the template was not found"),
  "3016": code("template", "the text differs from the template"),
  "3018": code("recipient", "can't be delivered: another SIM, not an active user, or a user under sanction"),
  "3019": code("recipient", "not a KakaoTalk user"),
  "3020": code("recipient", "the recipient blocks AlimTalk"),
  "3021": code("recipient", "the recipient's KakaoTalk is too old"),
  "3022": code("request", "outside the hours of sending"),
  "3023": code("request", "the JSON is wrong"),
  "3024": code("request", "the image can't be sent"),
  "3025": code("request", "a variable is too long"),
  "3026": code("request", "a field of a bot button is too long"),
  "3027": code("template", "the buttons differ from the template"),
  "3028": code("template", "the emphasized title differs from the template"),
  "3029": code("request", "the emphasized title is longer than 50 characters"),
  "3030": code("template", "message type and emphasis type differ"),
  "3031": code("template", "the header differs from the template"),
  "3032": code("request", "the header is longer than 16 characters"),
  "3033": code("template", "the highlight differs from the template"),
  "3034": code("request", "the highlight's title is too long"),
  "3035": code("request", "the highlight's description is too long"),
  "3036": code("template", "the item list differs from the template"),
  "3037": code("request", "an item's description is longer than 23 characters"),
  "3038": code("template", "the item summary differs from the template"),
  "3039": code("request", "the summary's description is longer than 14 characters"),
  "3040": code("request", "the summary's description holds characters that may not stand there"),
  "3042": code("request", "the main link differs from the template"),
  "4000": code("uncertain", "the result was not found"),
  "4001": code("uncertain", "the state is unknown"),
  "4100": code("system", "the request ID is wrong"),
  "4101": code("system", "the request's date is wrong"),
  "4102": code("system", "the template request is wrong"),
  "4103": code("system", "no valid hub partner"),
  "4104": code("channel", "no valid channel profile"),
  "4110": code("request", "wrong bubble or message type"),
  "4120": code("transient", "the payload could not be made"),
  "4121": code("transient", "the destination failed"),
  "4122": code("transient", "the result could not be asked"),
  "4130": code("system", "the request ID has a wrong pattern"),
  "4131": code("system", "the request ID was used twice"),
  "4132": code("template", "the template's variables differ"),
  "4133": code("template", "the template is stopped"),
  "4134": code("template", "the template was changed"),
  "4137": code("transient", "the request failed"),
  "4138": code("request", "the number of brand messages is used up"),
  "4139": code("transient", "the request failed"),
  "4140": code("transient", "the request failed"),
  "4141": code("transient", "the request failed"),
  "4142": code("transient", "the request failed"),
  "4143": code("transient", "the request expired"),
  "4144": code("request", "the body is larger than 30 KB"),
  "4156": code("quota", "the most deliveries there may be were reached"),
  "4161": code("uncertain", "still being processed"),
  "9998": code("transient", "trouble in the system"),
  "9999": code("transient", "unknown error in the system"),
};

/** Limits of wide lists, carousels, coupons and commerce, which no AlimTalk has. */
const brandMessageCodes = /^30(?:4[1-8]|5[0-8])$/;

/** What a delivery code means; one that nobody knows is said to be that. */
export function deliveryCodeOf(word: string): DeliveryCode {
  const known = Object.hasOwn(deliveryCodes, word) ? deliveryCodes[word] : undefined;
  if (known !== undefined) return known;
  if (brandMessageCodes.test(word)) return code("request", "a limit of another kind of message");
  return isWithoutFailover(word)
    ? code("unknown", "failed; after codes that begin with B no SMS is sent")
    : code("unknown", "failed for a reason that is not in the table");
}

/** True while a code is not the end: the carrier may still learn better. */
export function isUncertain(word: string | undefined): boolean {
  return word !== undefined && deliveryCodeOf(word).class === "uncertain";
}

/** After codes that begin with B the carrier sends no SMS in the message's place (protocol notes §12). */
export function isWithoutFailover(word: string | undefined): boolean {
  return word?.startsWith("B") === true;
}

/** Results of a Korean SMS (protocol notes §14.4). 3018 is another thing here than in AlimTalk. */
export const smsCodes: Readonly<Record<string, DeliveryCode>> = {
  "0": code("success", "delivered"),
  "3018": code("recipient", "the sender number may not be used: it is protected against forgery"),
};

/**
 * Why an AlimTalk failed, for people to read: `3019: not a KakaoTalk user`. Of a code that is not in the table, what the carrier says
 * of it, in its own words.
 */
export function reasonOf(word: string, said?: string): string {
  const { class: kind, means } = deliveryCodeOf(word);
  return `${word}: ${kind === "unknown" ? wordsOr(means, said) : means}`;
}

/** The same of an SMS. */
export function reasonOfSms(word: string, said?: string): string {
  const known = Object.hasOwn(smsCodes, word) ? smsCodes[word] : undefined;
  return `${word}: ${known?.means ?? wordsOr("the SMS failed, by a code of its carrier", said)}`;
}

function wordsOr(means: string, said: string | undefined): string {
  return shownText(said ?? "", []) || means;
}
