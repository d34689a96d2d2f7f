import { IconLock } from "@tabler/icons-react";
import type { AskedOf } from "@/annotator/asking";
import type { BoxEditor, EditorState } from "@/annotator/editor";
import { readingOrder } from "@/annotator/model";
import type { LabelClass } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { Swatch } from "@/ui";
import { Lacks } from "./Lacks";
import { MarkList, MarkRow, SHOWN } from "./MarkList";
import { classNameOf } from "./useStyle";

export interface ObjectListProps {
  editor: BoxEditor;
  state: EditorState;
  classes: readonly LabelClass[];
  askedOf?: AskedOf;
}

/** Every object as a line of a listbox that shares the canvas's selection. */
export function ObjectList({ editor, state, classes, askedOf }: ObjectListProps) {
  const t = useT("annotate");
  const language = useLanguage();
  const byId = new Map(classes.map((one) => [one.id, one]));
  const boxes = state.shapes.filter((shape) => shape.box);
  const numbers = new Map(state.shapes.map((shape, at) => [shape.id, at + 1]));
  const order = readingOrder(boxes);
  const active = [...state.selection][0];
  return (
    <MarkList
      isMulti
      title={t("objects")}
      count={boxes.length}
      hint={null}
      empty={t("objectsEmpty")}
      active={active ? `object-${active}` : undefined}
      onWalk={(direction) => editor.walk(direction)}
    >
      {order.slice(0, SHOWN).map((id) => {
        const shape = editor.shapeOf(id);
        const one = byId.get(shape?.label ?? "");
        return (
          <MarkRow
            key={id}
            id={`object-${id}`}
            isChosen={state.selection.has(id)}
            onChoose={() => editor.select(new Set([id]), true)}
          >
            <Swatch color={one?.color ?? "#868E96"} />
            <span className="ellipsis">
              {t("objectName", { number: numbers.get(id) ?? 0, label: classNameOf(one, language) })}
            </span>
            {state.locked.has(id) ? (
              <IconLock size={14} role="img" aria-label={t("locked")} className="muted" />
            ) : null}
            {shape && askedOf ? <Lacks shape={shape} askedOf={askedOf} /> : null}
            {shape?.source === "model" ? <span className="muted small">{t("suggestion")}</span> : null}
          </MarkRow>
        );
      })}
    </MarkList>
  );
}
