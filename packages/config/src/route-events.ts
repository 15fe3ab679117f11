import type { MessageEventType } from "@hikyaku/core";
import type * as z from "zod";
import type { eventsOverride, eventsSection } from "./events-section.ts";
import type { ValueFault } from "./issue-faults.ts";

/** Where and how the events of a route are told. */
export interface RouteEvents {
  /** Names the place: `*` for the one of the whole file, else the route. Routes with the same name share queue and fate. */
  endpoint: string;
  url: string;
  /** Each signs; the second one while it is being replaced. */
  secrets: readonly [string, ...string[]];
  /** The changes of messages that are told. What end users do is told always. */
  kinds: readonly MessageEventType[];
  timeoutMs: number;
  concurrency: number;
  retryBaseMs: number;
  retryCapMs: number;
  giveUpAfterMs: number;
  disableAfterMs: number;
}

type Top = z.output<typeof eventsSection>;
type OfRoute = z.output<typeof eventsOverride>;

/** Null: nothing of the route is told. */
export function routeEvents(name: string, top: Top, ofRoute: OfRoute): RouteEvents | null {
  const given = Object.fromEntries(Object.entries(ofRoute).filter(([, value]) => value !== undefined)) as OfRoute;
  const merged =
    ofRoute.url === undefined ? { ...top, kinds: ofRoute.kinds ?? top.kinds } : { ...withoutPlace(top), ...given };
  const { url, secret, previousSecret, kinds, ...rest } = merged as Top;
  if (!url || !secret) return null;
  return {
    ...rest,
    endpoint: ofRoute.url === undefined ? "*" : name,
    url,
    secrets: previousSecret === undefined ? [secret] : [secret, previousSecret],
    kinds: [...new Set(kinds)],
  };
}

/** Another URL is another place: it must not be signed for with the secret of this one. */
function withoutPlace({ url: _url, secret: _secret, previousSecret: _previous, ...rest }: Top): Partial<Top> {
  return rest;
}

/** What is wrong with the events of the whole file, beyond what each value says of itself. */
export function eventFaults(top: Top, routes: Readonly<Record<string, { events: OfRoute }>>): ValueFault[] {
  return [
    ...(top.url && top.secret === undefined ? [missingSecret(["events"])] : []),
    ...Object.entries(routes).flatMap(([name, { events }]) => faultsOfRoute(name, top, events)),
  ];
}

function faultsOfRoute(name: string, top: Top, events: OfRoute): ValueFault[] {
  const path = ["routes", name, "events"];
  if (events.url === null) return [];
  if (events.url !== undefined) return events.secret === undefined ? [missingSecret(path)] : [];
  const ofPlace = Object.keys(events).find((key) => key !== "kinds" && events[key as keyof OfRoute] !== undefined);
  if (ofPlace !== undefined) {
    const key = ofPlace.replace(/Ms$/, "");
    return [
      {
        path: [...path, key],
        found: "a setting of a URL, and no URL",
        expected: "a `url` beside it",
        mend: `Give the route a \`url\` of its own, or move \`${key}\` to \`events\` at the top of the file`,
      },
    ];
  }
  if (events.kinds !== undefined && events.kinds.length > 0 && !top.url) {
    return [
      {
        path: [...path, "kinds"],
        found: "kinds of events, and nowhere to send them",
        expected: "a `url`, here or in `events` at the top of the file",
        mend: "Add it, or remove `kinds`",
      },
    ];
  }
  return [];
}

function missingSecret(path: string[]): ValueFault {
  return {
    path: [...path, "secret"],
    found: "nothing",
    expected: "`whsec_` and the base64 of 24 to 64 random bytes",
    mend: "Make one by `hikyaku events secret`; without it the receiving side could not tell an event from a forgery",
  };
}
