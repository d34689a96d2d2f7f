import { type MouseEvent, memo, useMemo } from "react";
import type { LabelClass, Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { cx, Tag } from "@/ui";
import type { GalleryProps } from "./Gallery";
import { RowList } from "./RowList";
import texts from "./texts.module.css";

const ROW_PX = 84;
const CLASSES_SHOWN = 3;

/** Texts in rows: their beginning, classes and state. */
export function TextList({ dataset, selection, onOpen, ...list }: GalleryProps) {
  const t = useT("data");
  const classes = useMemo(() => new Map(dataset.label_schema.classes.map((one) => [one.id, one])), [dataset]);
  return (
    <RowList {...list} rowPx={ROW_PX} label={t("text_gallery")}>
      {(sample, index) => (
        <TextRow
          sample={sample}
          index={index}
          classes={classes}
          isSelected={selection.has(sample.id)}
          onToggle={selection.toggle}
          onOpen={onOpen}
        />
      )}
    </RowList>
  );
}

interface TextRowProps {
  sample: Sample;
  index: number;
  classes: ReadonlyMap<string, LabelClass>;
  isSelected: boolean;
  onToggle: (index: number, range: boolean) => void;
  onOpen: (sample: Sample) => void;
}

const TextRow = memo(function TextRow({
  sample,
  index,
  classes,
  isSelected,
  onToggle,
  onOpen,
}: TextRowProps) {
  const t = useT("data");
  const onClick = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) onToggle(index, event.shiftKey);
    else onOpen(sample);
  };
  const { excerpt = "", characters = 0 } = sample.payload;
  return (
    <div role="listitem" className={cx(texts.row, isSelected && texts.chosen)}>
      <input
        type="checkbox"
        className={texts.check}
        checked={isSelected}
        aria-label={t("selectTile", { name: sample.name })}
        onChange={() => undefined}
        onClick={(event) => onToggle(index, event.shiftKey)}
      />
      <button type="button" className={texts.open} data-index={index} onClick={onClick}>
        <span className={texts.excerpt} dir="auto">
          {excerpt || t("textBlank")}
        </span>
        <span className={texts.meta}>
          <Carried sample={sample} classes={classes} />
          <span className={texts.name}>{sample.name}</span>
          <span className="num">{t("characters", { count: characters })}</span>
        </span>
      </button>
    </div>
  );
});

/** The first classes of a sample, and its state where that says more. */
export function Carried({ sample, classes }: { sample: Sample; classes: ReadonlyMap<string, LabelClass> }) {
  const t = useT("data");
  const carried = sample.labels.flatMap((id) => classes.get(id) ?? []);
  return (
    <>
      {carried.slice(0, CLASSES_SHOWN).map((one) => (
        <Tag key={one.id} color={one.color}>
          {classText(one)}
        </Tag>
      ))}
      {carried.length > CLASSES_SHOWN ? <span>+{formatCount(carried.length - CLASSES_SHOWN)}</span> : null}
      {carried.length === 0 || sample.state !== "labeled" ? <span>{t(`state_${sample.state}`)}</span> : null}
    </>
  );
}
