import { readingOrder, type Shape, type Shapes } from "./model";

export type AskedKind = "select" | "multi" | "bool" | "number" | "text";

/** What a class asks of each of its objects; values are texts, as the server keeps them (`datasets/attributes.py`). */
export interface Asked {
  readonly name: string;
  readonly name_zh: string;
  readonly kind: AskedKind;
  readonly options: readonly string[];
  readonly default: string;
  readonly required: boolean;
}

export type AskedOf = (label: string) => readonly Asked[];

/** Why an object does not answer its class. */
export interface Fault {
  readonly shape: string;
  readonly attribute: string;
  readonly isMissing: boolean;
}

const SEPARATOR = ";";
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
export const MAX_TEXT = 5_000;

/** The values that can be chosen; none where something is written. */
export function choicesOf(asked: Asked): readonly string[] {
  return asked.kind === "bool" ? ["true", "false"] : asked.options;
}

/** Whether the text is a value of this kind. */
export function accepts(asked: Asked, value: string): boolean {
  if (asked.kind === "number") return NUMBER.test(value) && Number.isFinite(Number(value));
  if (asked.kind === "text") return value.trim() !== "" && value.length <= MAX_TEXT;
  if (asked.kind !== "multi") return choicesOf(asked).includes(value);
  const parts = value.split(SEPARATOR);
  return new Set(parts).size === parts.length && parts.every((part) => asked.options.includes(part));
}

/** What an object says of an attribute, empty when nothing. */
export const saidOf = (shape: Shape, name: string): string => shape.attributes?.[name] ?? "";

/** What is chosen of several. */
export const partsOf = (value: string): readonly string[] => (value === "" ? [] : value.split(SEPARATOR));

/** The value after one of the choices was pressed: of several it comes or goes, else it is the value. */
export function pressed(asked: Asked, value: string, choice: string): string {
  if (asked.kind !== "multi") return choice;
  const parts = new Set(partsOf(value));
  if (!parts.delete(choice)) parts.add(choice);
  return asked.options.filter((option) => parts.has(option)).join(SEPARATOR);
}

/** The shape saying this of an attribute; an empty value takes the word back. */
export function saying(shape: Shape, name: string, value: string): Shape {
  if (saidOf(shape, name) === value) return shape;
  const { attributes, score: _, ...rest } = shape;
  const { [name]: __, ...others } = attributes ?? {};
  return dressed({ ...rest, source: "human" }, value === "" ? others : { ...others, [name]: value });
}

/** A new shape with the values that its class begins with. */
export function begun(shape: Shape, asked: readonly Asked[]): Shape {
  const defaults = asked.filter((one) => one.default !== "" && saidOf(shape, one.name) === "");
  if (defaults.length === 0) return shape;
  const values = Object.fromEntries(defaults.map((one) => [one.name, one.default]));
  return dressed(shape, { ...shape.attributes, ...values });
}

/** A shape that was given another class: what only the old one asked goes, what the new one begins with comes. */
export function askedAnew(shape: Shape, before: readonly Asked[], asked: readonly Asked[]): Shape {
  const now = new Set(asked.map(({ name }) => name));
  const gone = before.filter(({ name }) => !now.has(name)).map(({ name }) => name);
  const kept = Object.entries(shape.attributes ?? {}).filter(([name]) => !gone.includes(name));
  return begun(dressed(shape, Object.fromEntries(kept)), asked);
}

function dressed(shape: Shape, attributes: Readonly<Record<string, string>>): Shape {
  const { attributes: _, ...rest } = shape;
  return Object.keys(attributes).length > 0 ? { ...rest, attributes } : rest;
}

/** Ids in the order in which they are asked: what has a place on a picture as it is read, then spans, then classes. */
function askingOrder(shapes: Shapes): string[] {
  const spans = shapes.filter(({ start }) => start !== undefined);
  const whole = shapes.filter(({ box, start }) => !box && start === undefined);
  const inOrder = spans.sort((a, b) => (a.start ?? 0) - (b.start ?? 0) || (b.end ?? 0) - (a.end ?? 0));
  return [...readingOrder(shapes), ...[...inOrder, ...whole].map(({ id }) => id)];
}

/** The first object, in the order of asking, that does not say what its class asks. */
export function firstFault(shapes: Shapes, askedOf: AskedOf): Fault | null {
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  for (const id of askingOrder(shapes)) {
    const shape = byId.get(id);
    if (!shape) continue;
    for (const asked of askedOf(shape.label)) {
      const value = saidOf(shape, asked.name);
      if (value === "" ? asked.required : !accepts(asked, value))
        return { shape: id, attribute: asked.name, isMissing: value === "" };
    }
  }
  return null;
}

/** Which objects a sweep comes by: those without a value, all that are asked, or those with this value. */
export type Wanted = "missing" | "all" | { readonly value: string };

/** The objects that are asked of an attribute, in the order of asking. */
export function swept(shapes: Shapes, askedOf: AskedOf, name: string, wanted: Wanted): string[] {
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  return askingOrder(shapes).filter((id) => {
    const shape = byId.get(id);
    const asked = shape && askedOf(shape.label).find((one) => one.name === name);
    if (!shape || !asked) return false;
    const value = saidOf(shape, name);
    if (wanted === "all") return true;
    if (wanted === "missing") return value === "" || !accepts(asked, value);
    return asked.kind === "multi" ? partsOf(value).includes(wanted.value) : value === wanted.value;
  });
}
