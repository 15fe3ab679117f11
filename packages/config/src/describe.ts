import type { RouteSchemas } from "./config.ts";
import { configSchema } from "./schema.ts";
import { expectedText, shapeOf, type ValueShape } from "./value-shape.ts";

/** The reference of every key as Markdown tables: one for the file, one for each carrier's part of a route. */
export function describeConfig(routeSchemas: RouteSchemas): string {
  const tables = [tableOf(rowsOf(shapeOf(configSchema), ""))];
  for (const [name, schema] of Object.entries(routeSchemas)) {
    const rows = rowsOf(shapeOf(schema.settings), "routes.<name>").filter(({ key }) => !key.endsWith(".provider"));
    const limits = `Without \`limits\`, a route of \`${name}\` has ${schema.limits.tps ?? "no limit of"} TPS and concurrency ${schema.limits.concurrency}.`;
    tables.push(`### Routes with \`provider: ${name}\`\n\n${limits}\n\n${tableOf(rows)}`);
  }
  return `${tables.join("\n\n")}\n`;
}

interface Row {
  key: string;
  value: string;
  defaultText: string;
  description: string;
}

function rowsOf(shape: ValueShape, key: string, isRequired = false): Row[] {
  const branch = shape.anyOf?.find(({ properties }) => properties !== undefined);
  const properties = shape.properties ?? branch?.properties;
  const entries = Object.entries(properties ?? {});
  const required = shape.required ?? branch?.required ?? [];
  const below = entries.flatMap(([name, inner]) =>
    rowsOf(inner, key === "" ? name : `${key}.${name}`, required.includes(name) && (key === "" || isRequired || true)),
  );
  const each = typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
  if (each !== undefined) below.push(...rowsOf(each, `${key}.<name>`));
  if (shape.items?.properties !== undefined) below.push(...rowsOf(shape.items, `${key}[]`));
  const isSection = properties !== undefined && shape.description === undefined;
  if (key === "" || isSection || (each !== undefined && shape.description === undefined)) return below;
  return [rowOf(shape, key, isRequired), ...below];
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
