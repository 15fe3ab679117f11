import type { Account } from "./account.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { hasBareToken } from "./head-checks.ts";
import { createLookUp, deviationOfGet } from "./lookup.ts";
import { isCapable } from "./phones.ts";
import { isObject, type Json } from "./rcs-content/fields.ts";
import { badRequest, type Refusal, refusalCodes } from "./refusal.ts";
import { collectBody, readJsonObject } from "./request-body.ts";
import { isMobile, readContact } from "./send-body.ts";

export interface CapabilityEndpoint {
  receive(exchange: Exchange, account: Account): void;
}

type Asked = { readonly number: string; readonly deviations: readonly string[] } | { readonly refusal: Refusal };

/** `POST …/contactCapabilities` (guide §2.1, protocol notes §10): whether a number has the +Message app; GSMA's GET by option. */
export function createCapabilityEndpoint(deps: GatewayDeps): CapabilityEndpoint {
  const { settings, phones, traffic } = deps;
  const lookUp = createLookUp(deps);

  /** What is wrong with the question, tolerated deviations included where they are not. */
  function refusalOf({ request: { headers } }: Exchange, asked: Asked): Refusal | undefined {
    if ("refusal" in asked) return asked.refusal;
    const deviations = [...asked.deviations];
    if (headers["x-fallback"] !== "1") deviations.push("the capability check is sent with X-Fallback 1");
    if (hasBareToken(headers)) deviations.push("a token is sent without Bearer");
    const isRefused = settings.strict && deviations.length > 0;
    return isRefused ? badRequest(`strict: ${deviations.join("; ")}`) : undefined;
  }

  function answer(exchange: Exchange, number: string): void {
    const { values, notCapable } = settings.capability;
    if (isCapable(phones.get(number))) exchange.answer(200, JSON.stringify({ capabilities: values }));
    else if (notCapable === "empty-list") exchange.answer(200, JSON.stringify({ capabilities: [] }));
    else if (notCapable === "empty-object") exchange.answer(200, "{}");
    else exchange.refuse({ status: 404, code: refusalCodes.notAnRcsUser, text: "not an RCS user" });
  }

  function judge(exchange: Exchange, account: Account, asked: Asked): void {
    const refusal = refusalOf(exchange, asked);
    if (refusal !== undefined) exchange.refuse(refusal);
    else if ("number" in asked) lookUp("capability", exchange, account, () => answer(exchange, asked.number));
  }

  return {
    receive(exchange, account) {
      traffic().named("capabilityChecks");
      account.traffic.named("capabilityChecks");
      const { request } = exchange;
      if (request.method === "GET") {
        request.resume();
        judge(exchange, account, askedByUrl(exchange));
        return;
      }
      collectBody(request, settings.maxBodyBytes, (bytes, isTooLarge) => {
        const json = readJsonObject(request.headers["content-type"], bytes, isTooLarge, settings.maxBodyBytes);
        const noted = exchange.target.hasQuery ? ["the URL has a query"] : [];
        judge(exchange, account, "refusal" in json ? json : askedByBody(json.body, [...json.deviations, ...noted]));
      });
    },
  };
}

/** `{"messageContact":{"userContact"}}`; the contact alone is understood too. */
function askedByBody(body: Json, given: readonly string[]): Asked {
  const deviations = [...given];
  const isBare = body.userContact !== undefined && body.messageContact === undefined;
  if (isBare) deviations.push("userContact stands outside messageContact");
  for (const name in body) {
    if (name !== "messageContact" && !(isBare && name === "userContact")) deviations.push(`${name} is unknown`);
  }
  const contact = isBare ? { userContact: body.userContact } : body.messageContact;
  const number = readContact(isObject(contact) ? contact : undefined, "messageContact", deviations);
  return typeof number === "string" ? { number, deviations } : number;
}

/** `?userContact=%2B81…`: a plus that is not encoded is a space here, as to every server, and no number. */
function askedByUrl(exchange: Exchange): Asked {
  const url = exchange.request.url ?? "";
  const number = new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("userContact");
  if (number === null) return { refusal: badRequest("userContact is missing", refusalCodes.missingContact) };
  if (!isMobile(number)) {
    return { refusal: badRequest("userContact must be a mobile number; write + as %2B", refusalCodes.badContact) };
  }
  const deviation = deviationOfGet(exchange, true);
  return { number, deviations: deviation === undefined ? [] : [deviation] };
}
