import type { JsonSchema } from "@/api/training";

export type FieldKind = "integer" | "number" | "boolean" | "choice" | "text";

export interface SchemaField {
  name: string;
  kind: FieldKind;
  title: string;
  description: string;
  choices: (string | number)[];
  low: number | null;
  high: number | null;
  isLowOpen: boolean;
}

function inner(schema: JsonSchema): JsonSchema {
  const options = schema.anyOf?.filter((one) => one.type !== "null") ?? [];
  return options.length === 1 ? { ...schema, ...options[0] } : schema;
}

function kindOf(schema: JsonSchema): FieldKind {
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (schema.enum) return "choice";
  if (type === "integer" || type === "number" || type === "boolean") return type;
  return "text";
}

function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The fields of a form for these parameters, in the schema's order. */
export function fieldsOf(schema: JsonSchema): SchemaField[] {
  return Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const one = inner(raw);
    return {
      name,
      kind: kindOf(one),
      title: one.title ?? titleOf(name),
      description: one.description ?? "",
      choices: (one.enum ?? []).filter((value) => typeof value === "string" || typeof value === "number"),
      low: one.minimum ?? one.exclusiveMinimum ?? null,
      high: one.maximum ?? one.exclusiveMaximum ?? null,
      isLowOpen: one.minimum === undefined && one.exclusiveMinimum !== undefined,
    };
  });
}

export type Values = Readonly<Record<string, unknown>>;

/** Whether the value may be sent: absent values follow the preset. */
export function isValid(field: SchemaField, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.kind !== "integer" && field.kind !== "number") return true;
  if (typeof value !== "number" || Number.isNaN(value)) return false;
  if (field.kind === "integer" && !Number.isInteger(value)) return false;
  if (field.low !== null && (field.isLowOpen ? value <= field.low : value < field.low)) return false;
  return field.high === null || value <= field.high;
}
