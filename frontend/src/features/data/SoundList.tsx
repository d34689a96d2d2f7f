import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { type MouseEvent, memo, useMemo } from "react";
import type { LabelClass, Sample } from "@/api/types";
import { Waveform } from "@/app/sound/Waveform";
import { useT } from "@/i18n";
import { formatLength } from "@/i18n/format";
import { cx, IconButton } from "@/ui";
import type { GalleryProps } from "./Gallery";
import { RowList } from "./RowList";
import sounds from "./sounds.module.css";
import { Carried } from "./TextList";
import texts from "./texts.module.css";
import { useHeard } from "./useHeard";

const ROW_PX = 64;

/** Recordings in rows: waveform, classes, length; each can be heard without leaving the list. */
export function SoundList({ dataset, selection, onOpen, ...list }: GalleryProps) {
  const t = useT("data");
  const classes = useMemo(() => new Map(dataset.label_schema.classes.map((one) => [one.id, one])), [dataset]);
  const [heard, hear] = useHeard();
  return (
    <RowList {...list} rowPx={ROW_PX} label={t("audio_gallery")}>
      {(sample, index) => (
        <SoundRow
          sample={sample}
          index={index}
          classes={classes}
          isSelected={selection.has(sample.id)}
          isHeard={heard === sample.id}
          onHear={hear}
          onToggle={selection.toggle}
          onOpen={onOpen}
        />
      )}
    </RowList>
  );
}

interface SoundRowProps {
  sample: Sample;
  index: number;
  classes: ReadonlyMap<string, LabelClass>;
  isSelected: boolean;
  isHeard: boolean;
  onHear: (sample: Sample) => void;
  onToggle: (index: number, range: boolean) => void;
  onOpen: (sample: Sample) => void;
}

const SoundRow = memo(function SoundRow(props: SoundRowProps) {
  const { sample, index, classes, isSelected, isHeard, onHear, onToggle, onOpen } = props;
  const t = useT("data");
  const onClick = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) onToggle(index, event.shiftKey);
    else onOpen(sample);
  };
  const { bars = [], duration_s = 0 } = sample.payload;
  return (
    <div role="listitem" className={cx(texts.row, sounds.row, isSelected && texts.chosen)}>
      <input
        type="checkbox"
        className={cx(texts.check, sounds.check)}
        checked={isSelected}
        aria-label={t("selectTile", { name: sample.name })}
        onChange={() => undefined}
        onClick={(event) => onToggle(index, event.shiftKey)}
      />
      <IconButton
        label={t(isHeard ? "hearStop" : "hear", { name: sample.name })}
        variant="default"
        onClick={() => onHear(sample)}
      >
        {isHeard ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
      </IconButton>
      <button type="button" className={sounds.open} data-index={index} onClick={onClick}>
        <Waveform bars={bars} className={sounds.wave} />
        <span className={sounds.words}>
          <span className={sounds.name}>{sample.name}</span>
          <span className={texts.meta}>
            <Carried sample={sample} classes={classes} />
          </span>
        </span>
        <span className={cx("num", sounds.length)}>{formatLength(duration_s)}</span>
      </button>
    </div>
  );
});
