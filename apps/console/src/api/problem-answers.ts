import * as z from "zod";
import { type ProblemName, problemTypes } from "../problems/problem-types.ts";

const faultSchema = z.object({
  detail: z.string(),
  pointer: z.string().optional().describe("JSON pointer into the body, e.g. `#/content/text`."),
  parameter: z.string().optional().describe("Name of a query or path parameter."),
  header: z.string().optional(),
  code: z.string().optional().describe("Countable name of the fault."),
});

/** A problem as it goes over the wire (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe("`/problems/{name}`, relative to this server; the page there explains it."),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional().describe("This occurrence: what was found, and the mend."),
    instance: z.string().describe("Names this answer; the log has the same."),
    errors: z.array(faultSchema).optional(),
  })
  .meta({
    id: "Problem",
    description: "What went wrong (RFC 9457). Some have further members.",
    examples: [
      {
        type: "/problems/invalid-content",
        title: "The content cannot be sent on this route",
        status: 422,
        detail: "content.text: there is no value for #{name}",
        instance: "urn:request:req-1f",
        errors: [{ pointer: "#/content/text", detail: "there is no value for #{name}" }],
      },
    ],
  });

type ProblemAnswer = { description: string; content: { "application/problem+json": { schema: typeof problemSchema } } };

/** The answers of a route that are problems, for its OpenAPI description: those named here and those every route has. */
export function problemAnswers(...names: ProblemName[]): Record<number, ProblemAnswer> {
  const byStatus = Map.groupBy([...names, "unauthorized", "invalid-request", "ledger-unavailable"] as const, (name) => {
    return problemTypes[name].status;
  });
  const answers: Record<number, ProblemAnswer> = {};
  for (const [status, group] of byStatus) {
    const description = [...new Set(group)].map((name) => `[${name}](/problems/${name}): ${problemTypes[name].title}.`);
    answers[status] = {
      description: description.join(" "),
      content: { "application/problem+json": { schema: problemSchema } },
    };
  }
  return answers;
}

/** An answer of its own description, where one model has several. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}
