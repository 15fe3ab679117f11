import type { OpenApiDocument } from "./describe-api.ts";

const recipient = {
  type: "object",
  properties: {
    to: { type: "string", description: "A phone number in any usual spelling." },
  },
  required: ["to"],
  additionalProperties: {
    type: ["string", "number"],
    description: "The value of `#{name}` in the content, for each field of that name; other fields are ignored.",
  },
};

const rows = [
  { to: "090-1234-5678", name: "佐藤", code: "A1" },
  { to: "+81 80 1234 5678", name: "鈴木", code: "B2" },
];

/** The upload is read as a stream, without a schema; this is what it says of itself. */
export function recipientsBody(document: OpenApiDocument): OpenApiDocument {
  const upload = document.paths["/v1/campaigns/{campaign}/recipients"]?.post;
  if (upload) {
    upload.requestBody = {
      required: true,
      content: {
        "application/x-ndjson": {
          schema: { type: "string", description: "One JSON object a line." },
          example: `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`,
        },
        "application/json": { schema: { type: "array", items: recipient }, example: rows },
      },
    };
  }
  return document;
}
