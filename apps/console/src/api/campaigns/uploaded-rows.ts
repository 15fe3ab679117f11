import type { Readable } from "node:stream";
import type { Recipient } from "@hikyaku/producer";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import type { Api } from "../api.ts";
import { readNdjson } from "./read-ndjson.ts";

/** The recipients in the body of an upload. */
export type UploadedRows = (body: unknown) => Iterable<Recipient> | AsyncIterable<Recipient>;

/** Longest line of an upload. A recipient has some columns, each shorter than a message. */
const maxLineBytes = 1_048_576;

/**
 * Lets the routes of `app` take recipients as NDJSON or as a JSON list.
 *
 * @param stopping aborted when the process stops: a long upload must not keep it, and can be repeated
 */
export function takeUploads(app: Api, { config }: ConsoleDeps, stopping: AbortSignal): UploadedRows {
  // Handed over as it comes: only these routes read it, and it is never held as a whole.
  app.addContentTypeParser("application/x-ndjson", (_request, payload, done) => done(null, payload));

  return (body) => {
    if (Array.isArray(body)) return body;
    if (isStream(body)) {
      // Not destroyed when the import ends early: then the answer could not be read by who is still sending.
      return readNdjson(body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, {
        maxBytes: config.console.maxUploadBytes,
        maxLineBytes,
        idleMs: config.console.uploadIdleMs,
        stop: stopping,
      }) as AsyncIterable<Recipient>;
    }
    throw new Problem("invalid-request", { errors: [{ pointer: "#", detail: "must be a list of objects with `to`" }] });
  };
}

function isStream(body: unknown): body is Readable {
  return typeof body === "object" && body !== null && "iterator" in body && "readable" in body;
}

/** A parameter of an upload that is `true` or left out. */
export const flag = (meaning: string) =>
  z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true")
    .describe(meaning);
