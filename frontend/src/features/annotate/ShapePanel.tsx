import { lazy, type ReactNode, Suspense } from "react";
import type { BoxEditor, EditorState } from "@/annotator/editor";
import type { Shape } from "@/annotator/model";
import type { AssistState } from "@/api/assist";
import { useLanguage, useT } from "@/i18n";
import { Button, Kbd } from "@/ui";
import styles from "./annotate.module.css";
import { ObjectList, type ObjectListProps } from "./ObjectList";
import { SaidPanel } from "./SaidPanel";
import { shapeCommands } from "./shapeKeys";
import type { Asking } from "./useAsking";

const AskPanel = lazy(() => import("./AskPanel").then((module) => ({ default: module.AskPanel })));

interface ShapePanelProps {
  editor: BoxEditor;
  state: EditorState;
  assist?: AssistState | null;
}

type Commands = ReturnType<typeof shapeCommands>;

interface ObjectsProps extends ObjectListProps {
  asking: Asking;
  assist?: AssistState | null;
}

/** The objects of the picture and, while they may be changed, what can be done with them. */
export function Objects({ asking, assist = null, ...props }: ObjectsProps) {
  return (
    <>
      {props.editor.readOnly ? null : (
        <ShapePanel editor={props.editor} state={props.state} assist={assist} />
      )}
      <Suspense fallback={null}>
        {asking.isOpen ? (
          <AskPanel asking={asking} />
        ) : (
          <SaidPanel shapes={asking.shape ? [asking.shape] : []} askedOf={asking.askedOf} />
        )}
      </Suspense>
      <ObjectList {...props} askedOf={asking.askedOf} />
    </>
  );
}

/** What can be done now: with the shape that is half drawn, with the selected one, or with the tool in hand. */
function ShapePanel({ editor, state, assist }: ShapePanelProps) {
  const t = useT("annotate");
  const shape = editor.lone;
  const count = state.drafted;
  const next = state.tool === "keypoints" ? editor.joints[count] : undefined;
  const { isCutting } = editor;
  const isTool = count > 0 || isCutting || !shape || shape.kind === "box";
  return (
    <section className={styles.section} aria-label={t("shape")}>
      <p className={styles.hint} data-hint={state.tool}>
        {hintOf(state, isTool ? undefined : shape, t)}
      </p>
      {state.tool === "magic" ? <AssistNote assist={assist ?? null} /> : null}
      {next ? <p className={styles.hint}>{t("nextJoint", { name: next })}</p> : null}
      {editor.isPainting ? <p className={styles.hint}>{t("brushSize", { size: state.brush })}</p> : null}
      {shape && !isTool ? <Actions shape={shape} commands={shapeCommands(editor)} /> : null}
      {count === 0 && editor.chosen.filter(({ polygon }) => polygon).length > 1 ? (
        <div className={styles.actions}>
          <Button variant="quiet" trailing={<Kbd>⇧M</Kbd>} onClick={() => void shapeCommands(editor).merge()}>
            {t("merge")}
          </Button>
        </div>
      ) : null}
      {shape?.keypoints && count === 0 ? <Joints editor={editor} shape={shape} state={state} /> : null}
    </section>
  );
}

function hintOf(
  state: EditorState,
  shape: Shape | undefined,
  t: ReturnType<typeof useT<"annotate">>,
): string {
  if (state.magic !== "idle") return t(MAGIC[state.magic]);
  if (state.drafted > 0) return t("draftHint", { count: state.drafted });
  return shape ? factOf(shape, t) : t(`hint_${state.tool}` as "hint_box");
}

/** Why a click is not answered at once, or not as well as it could be. */
function AssistNote({ assist }: { assist: AssistState | null }) {
  const t = useT("annotate");
  if (assist !== "basic" && assist !== "preparing") return null;
  return (
    <p className={styles.hint} data-assist={assist}>
      {t(assist === "basic" ? "magicBasic" : "magicPreparing")}
    </p>
  );
}

const MAGIC = {
  looking: "magicLooking",
  found: "magicFound",
  nothing: "magicNothing",
  failed: "magicFailed",
} as const;

function factOf(shape: Shape, t: ReturnType<typeof useT<"annotate">>): string {
  if (shape.polygon) {
    const corners = shape.polygon.reduce((sum, ring) => sum + ring.length, 0);
    return t("polygonFact", { count: corners, rings: shape.polygon.length });
  }
  if (shape.polyline) return t("polylineFact", { count: shape.polyline.length });
  if (shape.rotated) return t("rotatedFact", { angle: shape.rotated[4] });
  if (shape.keypoints)
    return t("keypointsFact", { count: shape.keypoints.filter((joint) => joint[2] > 0).length });
  return t("maskFact");
}

function Actions({ shape, commands }: { shape: Shape; commands: Commands }) {
  const t = useT("annotate");
  const action = (label: string, cap: string, run: () => unknown): ReactNode => (
    <Button key={label} variant="quiet" trailing={<Kbd>{cap}</Kbd>} onClick={() => void run()}>
      {label}
    </Button>
  );
  const { kind } = shape;
  const rows = [
    kind === "polygon" && action(t("hole"), "W", commands.hole),
    (kind === "polygon" || kind === "mask") && action(t("fillHoles"), "⇧W", commands.fillHoles),
    (kind === "polygon" || kind === "polyline") && action(t("simplify"), "Y", commands.simplify),
    (kind === "polygon" || kind === "polyline" || kind === "keypoints") &&
      action(t("corners"), "J", commands.corners),
    kind === "polygon" && action(t("split"), "⇧X", commands.split),
    kind === "polygon" && action(t("cutOverlap"), "⇧O", commands.cutOverlap),
    kind === "polygon" && action(t("toMask"), "\\", commands.turnOver),
    kind === "mask" && action(t("toPolygon"), "\\", commands.turnOver),
    kind === "rotated_box" && action(t("turnLeft"), "<", commands.turnLeft),
    kind === "rotated_box" && action(t("turnRight"), ">", commands.turnRight),
  ];
  return <div className={styles.actions}>{rows}</div>;
}

const STATES = ["absent", "hiddenPoint", "seen"] as const;

/** The key points by name; a press on one makes it the one that keys act on. */
function Joints({ editor, shape, state }: ShapePanelProps & { shape: Shape }) {
  const t = useT("annotate");
  const language = useLanguage();
  const names = editor.jointsOf(shape.label);
  return (
    <ol className={styles.joints} lang={language}>
      {shape.keypoints?.map(([, , visible], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: key points are told apart by their place
        <li key={at}>
          <button
            type="button"
            className={styles.joint}
            aria-pressed={state.active?.index === at}
            onClick={() => editor.activate({ path: 0, index: at })}
          >
            <span className="ellipsis">{names[at] ?? at + 1}</span>
            <span className="muted small">{t(STATES[visible] ?? "absent")}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
