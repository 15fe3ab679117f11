import type { FastifyInstance } from "fastify";

/** Longest form: a page of check boxes. */
const formLimit = 262_144;

/** Bodies of HTML forms, as `URLSearchParams`; the pages take nothing else. */
export function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: formLimit },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
}

/** The form of a request; empty when there was no body. */
export function formOf(request: { body: unknown }): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}
