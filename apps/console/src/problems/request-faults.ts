import type { FastifySchemaCompiler } from "fastify";
import type * as z from "zod";
import { Problem, pointerOf, type RequestFault } from "./problem.ts";

/** Checks a part of the request by its zod schema; what does not fit is a problem that names every fault at once. */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: invalidRequest(result.error.issues, httpPart ?? "body") };
  };
};

/** Reads `data` by `schema`, for what Fastify cannot check by itself. */
export function readPart<Schema extends z.ZodType>(schema: Schema, data: unknown, httpPart: string): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw invalidRequest(result.error.issues, httpPart);
}

function invalidRequest(issues: readonly z.core.$ZodIssue[], httpPart: string): Problem {
  const errors = issues.flatMap((issue) => faultsOf(issue, httpPart));
  const detail = errors
    .map(({ pointer, parameter, header, detail }) => `${pointer ?? parameter ?? header}: ${detail}`)
    .join("; ");
  const lacksKey = issues.some(({ path, code }) => path[0] === "idempotency-key" && code === "invalid_type");
  return new Problem(httpPart === "headers" && lacksKey ? "missing-idempotency-key" : "invalid-request", {
    detail,
    errors,
  });
}

/** Every unknown field is a fault of its own. Values are never repeated: they may be numbers or texts of messages. */
function faultsOf(issue: z.core.$ZodIssue, httpPart: string): RequestFault[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...placeOf([...issue.path, key], httpPart),
      detail: "there is no such field; remove it or correct its name",
      code: "unknown-field",
    }));
  }
  return [{ ...placeOf(issue.path, httpPart), detail: plain(issue.message) }];
}

function placeOf(path: readonly PropertyKey[], httpPart: string): Omit<RequestFault, "detail"> {
  if (httpPart === "querystring" || httpPart === "params") return { parameter: path.map(String).join(".") };
  if (httpPart === "headers") return { header: path.map(String).join(".") };
  return { pointer: pointerOf(path) };
}

function plain(message: string): string {
  return message
    .replace(/^Invalid input: expected (.+), received undefined$/, "missing; give $1")
    .replace(/^Invalid input: expected (.+), received (.+)$/, "must be $1, not $2")
    .replace(/^Invalid option: expected one of (.+)$/, (_, options: string) => {
      return `must be one of ${options.replaceAll("|", ", ").replaceAll('"', "")}`;
    });
}
