import { normaliseJapaneseMobile, type SubscribersAnswer } from "@hikyaku/core";
import type { Exchange, ExchangeRequest } from "@hikyaku/exchange";
import { readNoAnswer } from "./capability.ts";
import { asWord, findField, isObject, parseJson } from "./json-search.ts";
import type { KddiRouteConfig } from "./route-config.ts";

type SubscriberSettings = Pick<KddiRouteConfig, "subscribers" | "errorFieldPaths">;

/** The list may come in one piece (protocol notes §11): a million numbers are some 40 MB. */
export const maxListBytes = 64 * 1024 * 1024;

/** A carrier whose pages lead in a circle would keep us for ever (protocol notes §11). */
const maxPages = 10_000;

/**
 * One page of the users registered with the official account (guide §2.1).
 *
 * @param cursor the `next` of the page before: the number of the page asked for, a colon, and what leads there
 */
export function subscribersRequest(
  cursor: string | undefined,
  { subscribers: { path, nextField, nextParameter = nextField } }: SubscriberSettings,
  { below, origin }: { below: (path: string) => string; origin: string },
  headers: string[],
): ExchangeRequest {
  if (cursor === undefined) return { method: "GET", path: below(path), headers };
  const next = cursor.slice(cursor.indexOf(":") + 1);
  if (isAddress(next)) {
    const { pathname, search } = new URL(next, origin);
    return { method: "GET", path: pathname + search, headers };
  }
  const join = path.includes("?") ? "&" : "?";
  return { method: "GET", path: below(`${path}${join}${nextParameter}=${encodeURIComponent(next)}`), headers };
}

/** Reads a page, however it is wrapped: a list, or the first list in it; texts, or objects with a number (protocol notes §11). */
export function readSubscribers(
  exchange: Exchange,
  cursor: string | undefined,
  settings: SubscriberSettings,
  origin: string,
  credentials: readonly string[],
): SubscribersAnswer {
  if (exchange.kind !== "answer" || exchange.status < 200 || exchange.status >= 300) {
    return readNoAnswer(exchange, "subscribers.path", settings.errorFieldPaths, credentials);
  }
  const failed = (why: string) => ({ kind: "failed-check", reason: `HTTP ${exchange.status}: ${why}` }) as const;
  if (exchange.broke !== null) return failed(`the answer broke off (${exchange.broke})`);
  const json = parseJson(exchange.body);
  const list = Array.isArray(json) ? json : listIn(json);
  if (list === undefined) return failed("the answer holds no list");
  const { itemField, nextField } = settings.subscribers;
  const recipients = list.map((item) => numberOf(item, itemField)).filter((number) => number !== null);
  const page = { kind: "page", recipients, unreadable: list.length - recipients.length } as const;
  const next = isObject(json) ? findField(json, [nextField, "nextCursor"], asAddress) : undefined;
  if (next === undefined) return { ...page, next: null };
  if (isAddress(next) && new URL(next, origin).origin !== origin) return failed("the next page is at another host");
  const number = Number(cursor?.split(":")[0] ?? 1);
  if (number >= maxPages) return failed(`more than ${maxPages} pages; they may lead in a circle`);
  if (cursor?.slice(cursor.indexOf(":") + 1) === next) return failed("the page names itself as the next one");
  return { ...page, next: `${number + 1}:${next}` };
}

function isAddress(next: string): boolean {
  return /^https?:\/\//i.test(next) || next.startsWith("/");
}

/** A cursor may be longer than a word. */
function asAddress(value: unknown): string | undefined {
  if (typeof value === "number") return asWord(value);
  return typeof value === "string" && value.trim() !== "" && value.length <= 4_096 ? value.trim() : undefined;
}

function listIn(json: unknown): unknown[] | undefined {
  if (!isObject(json)) return undefined;
  const values = Object.values(json);
  const list = values.find(Array.isArray) as unknown[] | undefined;
  if (list !== undefined) return list;
  const inner = values.map(listIn).find((each) => each !== undefined);
  return inner ?? (values.length === 0 ? [] : undefined);
}

function numberOf(item: unknown, itemField: string): string | null {
  const raw = isObject(item)
    ? findField(item, [itemField, "userContact", "msisdn", "phoneNumber"], asWord)
    : asWord(item);
  const read =
    raw === undefined ? undefined : normaliseJapaneseMobile(raw.replace(/^tel:/i, ""), { allowDummyC0: true });
  return read?.ok ? read.recipient : null;
}
