import { isSameState, replaceStep, type Shapes, type Step } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import { renamed } from "@/annotator/text/relations";
import type { Consensus, Resolution } from "@/api/consensus";
import { AGREED_COLOR, personColor } from "@/app/personColors";

/** One of what a reviewer chooses among: the agreed part at place 0, the answers from 1 on. */
export interface Choice {
  readonly place: number;
  /** Whose answer it is; null: what is agreed. */
  readonly author: string | null;
  readonly shapes: Shapes;
  readonly color: string;
}

/** What can be chosen of a sample. Nothing is agreed in a conflict of classes, so that there is no such choice. */
export function choicesOf(row: Consensus): Choice[] {
  const agreed: Choice = { place: 0, author: null, shapes: row.shapes, color: AGREED_COLOR };
  const answers = row.answers.map(({ author, shapes }, at) => ({
    place: at + 1,
    author,
    shapes,
    color: personColor(at),
  }));
  const isThere = row.shapes.length > 0 || row.state !== "conflict";
  return isThere ? [...answers, agreed] : answers;
}

/** What is chosen before anybody has: what is agreed, where it only waits for a look. */
export const firstChoice = (row: Consensus): number | null => (row.state === "review" ? 0 : null);

/** What was chosen or begun is about the sample as it was then: once it is changed elsewhere, it is not. */
export const momentOf = ({ id, revision }: Pick<Consensus, "id" | "revision">): string => `${id}:${revision}`;

/** What is sent for a choice: an answer by its id, what is agreed as it stands. */
export function resolutionOf(row: Consensus, place: number): Resolution | null {
  if (place === 0) return { shapes: row.shapes };
  const answer = row.answers[place - 1];
  return answer ? { annotation: answer.id } : null;
}

const marked = (place: number, name: string) => `${place}:${name}`;

function split(label: string): [place: number, name: string] {
  const at = label.indexOf(":");
  return [Number(label.slice(0, at)), label.slice(at + 1)];
}

/** Whose answer a shape of an overlay belongs to. */
export const answerOf = (label: string): string => String(split(label)[0]);

/** All choices in one picture, each shape under the place of its choice. */
export function overlaid(choices: readonly Choice[]): Shapes {
  return choices.flatMap(({ place, shapes }) =>
    renamed(shapes, (id) => marked(place, id)).map((shape) => ({
      ...shape,
      label: marked(place, shape.label),
    })),
  );
}

/** The shapes of an overlay that belong to these places. */
export function idsAt(shapes: Shapes, places: ReadonlySet<number>): Set<string> {
  return new Set(shapes.filter(({ id }) => places.has(split(id)[0])).map(({ id }) => id));
}

/** How an overlay is painted: each person in a color of their own, what is agreed dashed, so that both are seen. */
export function overlayStyle(base: Style, choices: readonly Choice[], agreed: string): Style {
  const of = new Map(choices.map((choice) => [choice.place, choice]));
  const inClass =
    <T>(read: ((label: string) => T) | undefined, none: T) =>
    (label: string) =>
      read?.(split(label)[1]) ?? none;
  return {
    ...base,
    colorOf: (label) => of.get(split(label)[0])?.color ?? AGREED_COLOR,
    nameOf: (label) => {
      const [place, name] = split(label);
      return `${of.get(place)?.author ?? agreed}: ${base.nameOf(name)}`;
    },
    isDashed: (label) => split(label)[0] === 0,
    linesOf: inClass(base.linesOf, []),
    jointsOf: inClass(base.jointsOf, []),
  };
}

/** How one answer is painted alone: in its person's color, its classes by their names. */
export const answerStyle = (base: Style, color: string): Style => ({
  ...base,
  colorOf: () => color,
  isDashed: () => false,
});

/**
 * The step by which an answer of one's own begins with somebody's. Shapes get new ids: those of an answer belong
 * to its author.
 */
export function beginStep(own: Shapes, from: Shapes, newId: () => string): Step {
  const ids = new Map(from.map(({ id }) => [id, newId()]));
  const copy = renamed(from, (id) => ids.get(id) ?? id);
  const said = (shapes: Shapes) => {
    const places = new Map(shapes.map(({ id }, at) => [id, String(at)]));
    return renamed(shapes, (id) => places.get(id) ?? "");
  };
  return isSameState(own, from) || JSON.stringify(said(own)) === JSON.stringify(said(from))
    ? []
    : replaceStep(own, copy);
}
