import type { OpenApiDocument } from "./describe-api.ts";

const recipient = {
  type: "object",
  properties: {
    to: { type: "string", description: "A phone number in any usual spelling." },
    consent_at: {
      type: "string",
      description: "When the recipient agreed to advertising: ISO 8601, or `2026-04-01`. Kept with advertising.",
    },
    consent_source: { type: "string", description: "How, e.g. `web form`." },
  },
  required: ["to"],
  additionalProperties: {
    type: ["string", "number"],
    description: "The value of `#{name}` in the content, for each field of that name; other fields are ignored.",
  },
};

const rows = [
  { to: "090-1234-5678", name: "佐藤", code: "A1", consent_at: "2026-04-01", consent_source: "web form" },
  { to: "+81 80 1234 5678", name: "鈴木", code: "B2", consent_at: "2026-04-02", consent_source: "web form" },
];

/** The upload is read as a stream, without a schema; this is what it says of itself. */
export function recipientsBody(document: OpenApiDocument): OpenApiDocument {
  const uploads = [
    document.paths["/v1/campaigns/{campaign}/recipients"]?.post,
    document.paths["/v1/schedules/{code}/recipients"]?.put,
  ];
  for (const upload of uploads) {
    if (!upload) continue;
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
