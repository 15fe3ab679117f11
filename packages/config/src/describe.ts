import type { CarrierReceipts, RouteSchemas } from "./config.ts";
import { configSchema } from "./schema.ts";
import { expectedText, shapeOf, type ValueShape } from "./value-shape.ts";

/** The reference of every key as Markdown tables: one for the file, one for each carrier's part of a route. */
export function describeConfig(routeSchemas: RouteSchemas): string {
  const tables = [tableOf(rowsOf(shapeOf(configSchema), ""))];
  for (const [name, schema] of Object.entries(routeSchemas)) {
    const rows = rowsOf(shapeOf(schema.settings), "routes.<name>").filter(({ key }) => !key.endsWith(".provider"));
    const limits = `Without \`limits\`, a route of \`${name}\` has ${schema.limits.tps ?? "no limit of"} TPS and concurrency ${schema.limits.concurrency}.`;
    const words = [limits, ...receiptWords(schema.receipts)].join(" ");
    tables.push(`### Routes with \`provider: ${name}\`\n\n${words}\n\n${tableOf(rows)}`);
  }
  return `${tables.join("\n\n")}\n`;
}

/** The times of a carrier that has its own. */
function receiptWords(receipts: CarrierReceipts | undefined): string[] {
  if (receipts === undefined) return [];
  const ages = receipts.statusChecks.afterMinutes;
  const [first = 0] = ages;
  const grace = `\`receiptGrace\` is ${receipts.receiptGraceMs / 1_000} s unless the route says otherwise`;
  return [
    `${grace}, and the status is asked at ${ages.length} ages from ${Math.round(first * 60)} s to ${(ages.at(-1) ?? 0) / 1_440} days.`,
  ];
}

interface Row {
  key: string;
  value: string;
  defaultText: string;
  description: string;
}

function rowsOf(shape: ValueShape, key: string, isRequired = false): Row[] {
  const mapping = [shape, ...(shape.anyOf ?? [])].find(({ properties }) => properties !== undefined);
  const below = Object.entries(mapping?.properties ?? {}).flatMap(([name, inner]) =>
    rowsOf(inner, key === "" ? name : `${key}.${name}`, mapping?.required?.includes(name)),
  );
  const each = typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
  if (each?.properties !== undefined) below.push(...rowsOf(each, `${key}.<name>`));
  if (shape.items?.properties !== undefined) below.push(...rowsOf(shape.items, `${key}[]`));
  // A section without words of its own is only its keys.
  return shape.description === undefined && below.length > 0 ? below : [rowOf(shape, key, isRequired), ...below];
}

function rowOf(shape: ValueShape, key: string, isRequired: boolean): Row {
  const unset = isRequired ? "required" : "–";
  return {
    key,
    value: `${expectedText(shape)}${shape.secret === true ? "; secret" : ""}`,
    defaultText: shape.default === undefined ? unset : `\`${defaultText(shape.default)}\``,
    description: shape.description ?? "",
  };
}

function defaultText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function tableOf(rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = rows.map((row) =>
    ["", `\`${row.key}\``, cell(row.value), cell(row.defaultText), cell(row.description), ""].join(" | ").trim(),
  );
  return ["| key | value | default | meaning |", "|---|---|---|---|", ...lines].join("\n");
}
