import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { type AskedOf, type Fault, saying } from "@/annotator/asking";
import type { BoxEditor, EditorState } from "@/annotator/editor";
import { changeStep, type Shapes, type Step } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import type { Session } from "@/annotator/session";
import type { RelationType } from "@/annotator/text/relations";
import type { SpanState } from "@/annotator/text/spans";
import { classesOf, classOf, classStep, toggleStep } from "@/annotator/tools/class";
import { hasClassSet, hasOneClass, hasPlaces, hasRegions, hasSpans } from "@/api/tasks";
import type { ItemSample, LabelClass, TaskType } from "@/api/types";
import { translator, useT } from "@/i18n";
import { toast } from "@/ui";
import { useBoxKeys } from "./boxKeys";
import { Canvas, useEditor } from "./Canvas";
import { levelsOf, type Media } from "./media";
import { useShapeKeys } from "./shapeKeys";
import { toolsOf } from "./tools";
import { type Askable, type Asking, useAsking } from "./useAsking";
import { type Assist, useAssist } from "./useAssist";
import { type MarkedSound, type Regions, useRegions } from "./useRegions";
import { useSession } from "./useSession";
import { type MarkedText, type Spans, useSpans } from "./useSpans";
import { NO_RELATIONS, useStyle } from "./useStyle";

const AskPanel = lazy(() => import("./AskPanel").then((module) => ({ default: module.AskPanel })));
const BoxTools = lazy(() => import("./BoxTools").then((module) => ({ default: module.BoxTools })));
const Objects = lazy(() => import("./ShapePanel").then((module) => ({ default: module.Objects })));
const TextStage = lazy(() => import("./TextStage").then((module) => ({ default: module.TextStage })));
const SoundStage = lazy(() => import("./SoundStage").then((module) => ({ default: module.SoundStage })));
const RegionStage = lazy(() => import("./RegionStage").then((module) => ({ default: module.RegionStage })));
const RegionList = lazy(() => import("./RegionList").then((module) => ({ default: module.RegionList })));
const SaidPanel = lazy(() => import("./SaidPanel").then((module) => ({ default: module.SaidPanel })));
const RelationPanel = lazy(() =>
  import("./RelationPanel").then((module) => ({ default: module.RelationPanel })),
);
const SpanList = lazy(() => import("./SpanList").then((module) => ({ default: module.SpanList })));

const NOTHING_ASKED = () => [];

export interface StageOptions {
  session: Session;
  sample: ItemSample;
  media: Media | null;
  task: TaskType;
  classes: readonly LabelClass[];
  /** What spans may be to one another. */
  relations?: readonly RelationType[];
  /** Whether the answer may be changed, or is only looked at. */
  mayChange: boolean;
  /** The shapes of the item before, for the key that copies them. */
  previous?: () => Shapes;
  /** The item that will be worked on after this one. */
  next?: string | undefined;
}

/** What lies in the middle of a bench, whatever the sample is, and what keys and buttons ask of it. */
export interface StageParts {
  style: Style;
  chosen: readonly string[];
  /** What one key confirms: what is selected, or all where nothing can be. */
  selection: ReadonlySet<string> | null;
  /** Whether the answer may be handed in as it is. */
  isComplete: boolean;
  choose: (label: string) => void;
  undo: () => void;
  redo: () => void;
  /** Hand the answer in, unless something is half drawn, or an object lacks what it is asked: that is shown. */
  handIn: (send: () => void) => void;
  /** Show an object, and what of it is asked. */
  point: (fault: Pick<Fault, "shape" | "attribute">) => void;
  view: ReactNode;
  /** The objects of the answer; nothing where classes are chosen. */
  panel: ReactNode;
  /** The one object that is selected, and the way to select one. */
  selected: string | null;
  select: (shape: string) => void;
}

/** The stage of a sample with its editor: a canvas, a text or a recording. */
export function useStage(options: StageOptions): StageParts {
  const { session, media, task, classes, relations = NO_RELATIONS, mayChange, previous } = options;
  const isDrawn = hasPlaces(task);
  const shapes = useSession(session);
  const [editor, setEditor] = useState<BoxEditor | null>(null);
  const [withFill, setWithFill] = useState(true);
  const state = useEditor(editor);
  const style = useStyle(classes, withFill, relations);
  const assist = useAssist(session.seed.item, toolsOf(task, mayChange).includes("magic"), options.next);
  const askedOf = style.askedOf ?? NOTHING_ASKED;
  const spans = useSpans(textOf(options), session, { askedOf, relations }, mayChange);
  const regions = useRegions(soundOf(options), session, askedOf, mayChange, classes[0]?.id ?? "");
  const copy = previous && (() => editor?.insert(previous()));
  useBoxKeys(editor, isDrawn, copy, () => setWithFill(!withFill));
  useShapeKeys(editor, isDrawn && mayChange);
  const of = useAskable(options, { editor, state, spans, regions, shapes, askedOf });
  const labels = useMemo(() => classes.map(({ id }) => id), [classes]);
  const asking = useAsking({ session, of, askedOf, labels, enabled: mayChange });
  const marking = spans.editor ?? regions.editor;
  const acting = isDrawn ? editor : marking;
  const next = isDrawn ? state.label : regions.state.label;
  const chosen = chosenOf(options, next, marking?.chosen?.label, shapes);
  const choose = (label: string) => {
    if (!mayChange) return;
    if (acting) acting.setLabel(label);
    else session.commit(chosenStep(task, session.shapes, label, askedOf));
  };
  const isComplete = !hasOneClass(task) || classOf(shapes) !== null;
  const description = useDescription(options, shapes, style);
  return {
    style,
    chosen,
    isComplete,
    handIn: (send) => {
      if (!editor?.finish() && isComplete && !refusedBy(asking)) send();
    },
    selection: selectionOf(task, state),
    choose,
    point: asking.point,
    undo: () => (acting ?? session).undo(),
    redo: () => (acting ?? session).redo(),
    selected: onlyOf(state.selection),
    select: (shape) => editor?.select(new Set([shape]), true),
    view:
      media?.kind === "text" ? (
        <Suspense fallback={null}>
          <TextStage points={media.points} shapes={shapes} style={style} spans={spans} label={description} />
        </Suspense>
      ) : media?.kind === "sound" ? (
        <Sounding {...options} {...{ shapes, style, regions, description }} />
      ) : (
        <Drawing {...options} {...{ editor, state, style, description, assist }} onEditor={setEditor} />
      ),
    panel:
      isDrawn && editor ? (
        <Suspense fallback={null}>
          <Objects editor={editor} state={state} classes={classes} asking={asking} assist={assist.state} />
        </Suspense>
      ) : (
        saidPanel(spans, regions, style, asking, of)
      ),
  };
}

interface SoundingProps extends StageOptions {
  shapes: Shapes;
  style: Style;
  regions: Regions;
  description: string;
}

/** A recording: to be heard, or with the regions that are marked in it. */
function Sounding({ task, sample, shapes, style, regions, description }: SoundingProps) {
  return (
    <Suspense fallback={null}>
      {hasRegions(task) ? (
        <RegionStage key={sample.id} {...{ sample, shapes, style, regions }} label={description} />
      ) : (
        <SoundStage sample={sample} />
      )}
    </Suspense>
  );
}

/** A class of the whole sample: the only one, or one of several, which a second choice takes away. */
function chosenStep(task: TaskType, shapes: Shapes, label: string, askedOf: AskedOf): Step {
  if (hasOneClass(task)) return classStep(shapes, label, crypto.randomUUID(), askedOf);
  return hasClassSet(task) ? toggleStep(shapes, label, crypto.randomUUID(), askedOf) : [];
}

/** What is asked of spans or classes, or what is said beside them to be read, and the spans or regions; nothing where there is neither. */
function saidPanel(spans: Spans, regions: Regions, style: Style, asking: Asking, of: Askable): ReactNode {
  const { askedOf } = asking;
  const read = of.isWhole ? of.shapes : asking.shape ? [asking.shape] : [];
  const isSaid = read.some(({ attributes }) => attributes);
  if (!spans.editor && !regions.editor && !asking.isOpen && !isSaid) return null;
  return (
    <Suspense fallback={null}>
      {asking.isOpen ? <AskPanel asking={asking} /> : <SaidPanel shapes={read} askedOf={askedOf} />}
      {spans.editor ? (
        <SpanList editor={spans.editor} state={spans.state} style={style} askedOf={askedOf} />
      ) : null}
      {spans.editor && hasRelations(spans.state) ? (
        <RelationPanel editor={spans.editor} state={spans.state} style={style} />
      ) : null}
      {regions.editor ? (
        <RegionList editor={regions.editor} state={regions.state} style={style} askedOf={askedOf} />
      ) : null}
    </Suspense>
  );
}

/** Only where a data set declares relations, or the answer has some, is anything of them seen. */
const hasRelations = ({ shapes, types }: SpanState): boolean =>
  types.length > 0 || shapes.some(({ relations }) => relations);

const textOf = ({ task, media }: StageOptions): MarkedText | null =>
  hasSpans(task) && media?.kind === "text" ? media : null;

const soundOf = ({ task, media, sample }: StageOptions): MarkedSound | null =>
  hasRegions(task) && media?.kind === "sound"
    ? { duration: sample.payload.duration_s ?? 0, Editor: media.Editor }
    : null;

interface Asked {
  editor: BoxEditor | null;
  state: EditorState;
  spans: Spans;
  regions: Regions;
  shapes: Shapes;
  askedOf: AskedOf;
}

/** Objects on a canvas, spans of a text, regions of a recording, or classes of the whole sample: there the last one that is asked something. */
function useAskable(
  { session, task, mayChange }: StageOptions,
  { editor, state, spans, regions, shapes, askedOf }: Asked,
): Askable {
  const [picked, setPicked] = useState<string | null>(null);
  if (hasPlaces(task))
    return {
      shapes: state.shapes,
      selected: onlyOf(state.selection),
      select: (id) => editor?.select(new Set([id]), true),
      show: () => editor?.zoomToSelection(),
      say: (id, name, value) => editor?.say(id, name, value),
    };
  const say = (id: string, name: string, value: string) => {
    const step = changeStep(session.shapes, new Set([id]), (shape) => saying(shape, name, value));
    if (mayChange) session.commit(step);
  };
  if (hasSpans(task))
    return { shapes, selected: spans.state.chosen, select: (id) => spans.editor?.choose(id), say };
  if (hasRegions(task))
    return { shapes, selected: regions.state.chosen, select: (id) => regions.editor?.choose(id), say };
  const asked = shapes.filter(({ label }) => askedOf(label).length > 0);
  // The class that was given last is the one to be told of.
  const selected = (asked.find(({ id }) => id === picked) ?? asked.at(-1))?.id ?? null;
  return { shapes, selected, isWhole: true, select: setPicked, say };
}

/** Show what an object lacks; false when nothing is. */
function refusedBy(asking: Asking): boolean {
  const fault = asking.fault();
  if (!fault) return false;
  asking.point(fault);
  const code = fault.isMissing ? "attribute_missing" : "attribute_invalid";
  toast(translator("errors")(code, { attribute: fault.attribute }), { tone: "bad" });
  return true;
}

function onlyOf(selection: ReadonlySet<string>): string | null {
  const [one] = selection;
  return selection.size === 1 ? (one ?? null) : null;
}

const selectionOf = (task: TaskType, { selection }: EditorState) => (hasPlaces(task) ? selection : null);

function chosenOf(
  { task, mayChange }: StageOptions,
  drawn: string,
  marked: string | undefined,
  shapes: Shapes,
): readonly string[] {
  if (hasPlaces(task)) return mayChange ? [drawn] : [];
  if (hasSpans(task)) return marked ? [marked] : [];
  if (hasRegions(task)) return marked ? [marked] : mayChange ? [drawn] : [];
  return classesOf(shapes);
}

function useDescription({ sample: { name }, task }: StageOptions, shapes: Shapes, style: Style): string {
  const t = useT("annotate");
  if (hasPlaces(task) || hasSpans(task) || hasRegions(task))
    return t("canvasObjects", { name, count: shapes.length });
  const label = classesOf(shapes).map(style.nameOf).join(", ");
  return label ? t("canvasClass", { name, label }) : t("canvasNoClass", { name });
}

interface DrawingProps extends StageOptions {
  editor: BoxEditor | null;
  state: EditorState;
  style: Style;
  description: string;
  assist: Assist;
  onEditor: (editor: BoxEditor) => void;
}

/** A picture: the canvas with its tools, and what it says to those who do not see it. */
function Drawing({ editor, state, style, description, assist, onEditor, ...options }: DrawingProps) {
  const { session, media, task, classes, mayChange } = options;
  return (
    <>
      <Canvas
        session={session}
        levels={levelsOf(media)}
        style={style}
        firstLabel={classes[0]?.id ?? ""}
        tools={toolsOf(task, mayChange)}
        description={description}
        cutter={assist.cut}
        onEditor={onEditor}
      />
      {hasPlaces(task) && mayChange && editor ? (
        <Suspense fallback={null}>
          <BoxTools editor={editor} tool={state.tool} />
        </Suspense>
      ) : null}
      <p className="visually-hidden" aria-live="polite">
        {state.announcement}
      </p>
    </>
  );
}
