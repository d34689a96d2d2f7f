import { useEffect, useMemo, useState } from "react";
import type { BoxEditor } from "@/annotator/editor";
import type { SessionJournal } from "@/annotator/journal";
import type { Shapes } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import { Session } from "@/annotator/session";
import { isRegion } from "@/annotator/sound/regions";
import { ViewGroup } from "@/annotator/viewGroup";
import type { ItemSample } from "@/api/types";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Kbd, Swatch } from "@/ui";
import { useAuthor, useSaid } from "./AnswerList";
import { answerOf, answerStyle, type Choice, idsAt, overlaid, overlayStyle } from "./answers";
import { useBoxKeys } from "./boxKeys";
import { Canvas } from "./Canvas";
import type { ConflictTurn } from "./conflictQueue";
import local from "./conflicts.module.css";
import { levelsOf, type Media } from "./media";
import { Preview } from "./Preview";
import { SoundStage } from "./SoundStage";
import { toolsOf } from "./tools";
import type { Choosing } from "./useChoice";

interface ViewsProps {
  turn: ConflictTurn;
  choosing: Choosing;
  style: Style;
  hasPlaces: boolean;
}

const ZOOM = 1.25;

/** Every answer in a picture of its own; all of them move and zoom as one. */
export function AnswerPanes({ turn, choosing, style, hasPlaces }: ViewsProps) {
  const { choices, chosen, hidden, choose } = choosing;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture is seen as a whole again
  const group = useMemo(() => new ViewGroup(), [turn.row.id]);
  useHotkeys("boxes", {
    fit: () => group.fit(),
    zoomIn: () => group.zoomBy(ZOOM),
    zoomOut: () => group.zoomBy(1 / ZOOM),
  });
  const shown = choices.filter(({ place }) => !hidden.has(place));
  return (
    <div className={local.panes} data-count={shown.length}>
      {shown.map((choice) => (
        <Pane
          key={choice.place}
          choice={choice}
          media={turn.media}
          style={style}
          hasPlaces={hasPlaces}
          group={group}
          isChosen={chosen?.place === choice.place}
          onChoose={() => choose(choice.place)}
        />
      ))}
    </div>
  );
}

interface PaneProps {
  choice: Choice;
  media: Media | null;
  style: Style;
  hasPlaces: boolean;
  group: ViewGroup;
  isChosen: boolean;
  onChoose: () => void;
}

function Pane({ choice, media, style, hasPlaces, group, isChosen, onChoose }: PaneProps) {
  const authorOf = useAuthor();
  const said = useSaid(style, hasPlaces);
  const own = useMemo(() => answerStyle(style, choice.color), [style, choice.color]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list beside it and the digits choose by keyboard
    <figure className={local.pane} data-chosen={isChosen || undefined} data-pane onClick={onChoose}>
      <figcaption>
        <Swatch color={choice.color} size={12} />
        <span className="ellipsis">{authorOf(choice)}</span>
        <span className="muted small">{said(choice)}</span>
        <Kbd>{choice.place}</Kbd>
      </figcaption>
      <Preview media={media} shapes={choice.shapes} style={own} className={local.paneStage} group={group} />
    </figure>
  );
}

/** What is shown only is written nowhere. */
const NOWHERE: SessionJournal = {
  putBase: () => Promise.resolve(),
  append: () => Promise.resolve(),
  acknowledge: () => Promise.resolve(),
};

/** A recording with what everybody marked in it: each answer below the one before, over one ruler. */
function Heard({ sample, shapes, style }: { sample: ItemSample; shapes: Shapes; style: Style }) {
  // In the order of the answers, so that the lanes are in the order of the list beside them.
  const regions = useMemo(() => shapes.filter(isRegion), [shapes]);
  const { colorOf, nameOf } = style;
  return regions.length > 0 ? (
    <SoundStage sample={sample} shown={{ regions, colorOf, nameOf, groupOf: answerOf }} />
  ) : (
    <SoundStage sample={sample} />
  );
}

/** All answers over one another in one picture that can be moved and zoomed. */
export function AnswerOverlay({ turn, choosing, style, hasPlaces }: ViewsProps) {
  const t = useT("conflicts");
  const [editor, setEditor] = useState<BoxEditor | null>(null);
  const { choices, hidden } = choosing;
  const { row, media } = turn;
  const levels = levelsOf(media);
  const agreed = t("agreedPart");
  const shapes = useMemo(() => overlaid(choices), [choices]);
  const shown = useMemo(() => {
    const away = idsAt(shapes, hidden);
    return shapes.filter(({ id }) => !away.has(id));
  }, [shapes, hidden]);
  const painted = useMemo(() => overlayStyle(style, choices, agreed), [style, choices, agreed]);
  const session = useMemo(() => {
    const remote = { revision: 0, shapes, state: "draft" } as const;
    const seed = { item: row.id, campaign: row.campaign, annotation: row.id, remote };
    return new Session(seed, NOWHERE, () => Promise.resolve({ kind: "refused", reason: "" }));
  }, [row, shapes]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a picture that is opened anew shows everything
  useEffect(() => {
    editor?.view.setHidden(idsAt(shapes, hidden));
  }, [editor, shapes, hidden, session, levels]);
  useBoxKeys(editor, true);
  const said = useSaid(style, hasPlaces);
  const authorOf = useAuthor();
  const description = choices.map((choice) => `${authorOf(choice)}: ${said(choice)}`).join("; ");
  if (media?.kind === "text")
    return <Preview media={media} shapes={shown} style={painted} className={local.text} />;
  if (media?.kind === "sound") return <Heard sample={row.sample} shapes={shown} style={painted} />;
  return (
    <Canvas
      session={session}
      levels={levels}
      style={painted}
      firstLabel=""
      tools={toolsOf("object_detection", false)}
      description={`${row.sample.name}. ${description}`}
      onEditor={setEditor}
    />
  );
}
