import * as z from "zod";
import { duration } from "./duration.ts";

/** The keys of a route that say how its gateway is reached; the same for every carrier. Times are milliseconds once read. */
export const transportShape = {
  connectTimeout: duration.prefault("5s").describe("Longest wait for a connection, TLS included."),
  responseTimeout: duration
    .prefault("35s")
    .describe("Longest wait for the whole answer; above common gateway timeouts, so that their 504 is seen."),
  maxBodyBytes: z
    .int()
    .min(1_024)
    .prefault(262_144)
    .meta({ unit: "bytes", description: "Longest answer that is read." }),
  tls: z
    .strictObject({
      caFile: z.string().min(1).optional().describe("PEM file of certificates trusted besides the usual ones."),
    })
    .prefault({}),
  proxy: z
    .string()
    .refine(isProxyUrl)
    .meta({
      secret: true,
      expected: "http:// or https:// URL of a proxy, with user and password where it wants them",
      description:
        "Proxy through which every connection is tunnelled (CONNECT): a fixed source address for the carrier's filter.",
    })
    .optional(),
};

/** What {@link transportShape} comes to, after {@link withTimeoutsInMs}. */
export interface TransportSettings {
  connectTimeoutMs: number;
  responseTimeoutMs: number;
  maxBodyBytes: number;
  tls: { caFile?: string | undefined };
  proxy?: string | undefined;
}

/** Gives the two timeouts of a route names that tell their unit. */
export function withTimeoutsInMs<T extends { connectTimeout: number; responseTimeout: number }>({
  connectTimeout,
  responseTimeout,
  ...rest
}: T) {
  return { ...rest, connectTimeoutMs: connectTimeout, responseTimeoutMs: responseTimeout };
}

function isProxyUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
