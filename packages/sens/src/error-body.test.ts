import { describe, expect, test } from "vitest";
import { readErrorBody } from "./error-body.ts";

/** Protocol notes §3.1 and §3.2. */
const shapes: [label: string, body: string, code: string | null, text: string, isFromGateway: boolean][] = [
  [
    "the API gateway's",
    '{"error":{"errorCode":"200","message":"Authentication Failed","details":"Invalid authentication information."}}',
    "200",
    "Authentication Failed (Invalid authentication information.)",
    true,
  ],
  [
    "object error with errors and errorMessage",
    '{"error":{"status":400,"errors":"messages[0].to","errorMessage":"Bad Request"}}',
    "400",
    "Bad Request",
    false,
  ],
  [
    "object error with error and message",
    '{"error":{"status":403,"error":"Forbidden","message":"no service"}}',
    "403",
    "no service",
    false,
  ],
  [
    "flat with a list of errors",
    '{"status":400,"errors":["Invalid templateCode"]}',
    "400",
    "Invalid templateCode",
    false,
  ],
  ["flat with several errors", '{"status":400,"errors":["a","b"]}', "400", "a; b", false],
  [
    "flat with errorCode and errorMessage",
    '{"errorCode":"210","errorMessage":"Authentication Failed"}',
    "210",
    "Authentication Failed",
    false,
  ],
  [
    "flat with errors as a text",
    '{"status":400,"errors":"no","errorMessage":"Bad Request"}',
    "400",
    "Bad Request",
    false,
  ],
  ["an error that is a text", '{"status":500,"error":"Internal Server Error"}', "500", "Internal Server Error", false],
  ["a message only", '{"message":"no Route matched"}', null, "no Route matched", false],
  ["empty", "", null, "", false],
  ["an empty object", "{}", null, "", false],
  ["JSON that is no object", "[1]", null, "[1]", false],
  ["a page", "<html><h1>502</h1></html>", null, "<html><h1>502</h1></html>", false],
  ["half a JSON", '{"error":{"errorCode":"2', null, '{"error":{"errorCode":"2', false],
  ["null in every place", '{"error":null,"errors":null,"errorMessage":null}', null, "", false],
];

describe("an error's body", () => {
  test.each(shapes)("%s", (_, body, code, text, isFromGateway) => {
    expect(readErrorBody(body)).toEqual({ code, text, isFromGateway });
  });
});
