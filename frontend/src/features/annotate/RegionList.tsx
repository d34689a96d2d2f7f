import type { AskedOf } from "@/annotator/asking";
import type { Style } from "@/annotator/paint";
import type { RegionEditor } from "@/annotator/sound/editor";
import { momentText } from "@/annotator/sound/moments";
import type { RegionState } from "@/annotator/sound/regions";
import { useT } from "@/i18n";
import { Swatch } from "@/ui";
import { Lacks } from "./Lacks";
import { MarkList, MarkRow, SHOWN } from "./MarkList";
import sounds from "./regions.module.css";

interface RegionListProps {
  editor: RegionEditor;
  state: RegionState;
  style: Style;
  askedOf: AskedOf;
}

/** Every region as a line of a listbox that shares the stage's choice: its class, what is said of it, and when. */
export function RegionList({ editor, state, style, askedOf }: RegionListProps) {
  const t = useT("annotate");
  const { shapes, chosen, from } = state;
  const hint = from !== null ? "regionBegun" : chosen ? "regionHint" : "regionsHint";
  return (
    <MarkList
      title={t("regions")}
      count={shapes.length}
      hint={editor.readOnly ? null : t(hint)}
      empty={t("regionsEmpty")}
      active={chosen ? `region-${chosen}` : undefined}
      onWalk={(direction) => editor.walk(direction)}
    >
      {shapes.slice(0, SHOWN).map((region) => (
        <MarkRow
          key={region.id}
          id={`region-${region.id}`}
          isChosen={region.id === chosen}
          className={sounds.line}
          onChoose={() => editor.choose(region.id)}
        >
          <Swatch color={style.colorOf(region.label)} />
          <span className={sounds.words}>
            <span className="ellipsis">{style.nameOf(region.label)}</span>
            {saidIn(region.attributes) ? (
              <span className="muted small ellipsis">{saidIn(region.attributes)}</span>
            ) : null}
          </span>
          {editor.readOnly ? null : <Lacks shape={region} askedOf={askedOf} />}
          {region.source === "model" ? <span className="muted small">{t("suggestion")}</span> : null}
          <span className={sounds.times}>
            <span>{momentText(region.start)}</span>
            <span>{momentText(region.end)}</span>
          </span>
        </MarkRow>
      ))}
    </MarkList>
  );
}

const saidIn = (attributes: Readonly<Record<string, string>> | undefined): string =>
  Object.values(attributes ?? {}).join(" · ");
