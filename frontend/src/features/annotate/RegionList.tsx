import { useEffect, useRef } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Style } from "@/annotator/paint";
import type { RegionEditor } from "@/annotator/sound/editor";
import { momentText } from "@/annotator/sound/moments";
import type { RegionState } from "@/annotator/sound/regions";
import { useT } from "@/i18n";
import { cx, Swatch } from "@/ui";
import styles from "./annotate.module.css";
import { Lacks } from "./Lacks";
import sounds from "./regions.module.css";

interface RegionListProps {
  editor: RegionEditor;
  state: RegionState;
  style: Style;
  askedOf: AskedOf;
}

const SHOWN = 500;

/** Every region as a line of a listbox that shares the stage's choice: its class, what is said of it, and when. */
export function RegionList({ editor, state, style, askedOf }: RegionListProps) {
  const t = useT("annotate");
  const list = useRef<HTMLDivElement>(null);
  const { shapes, chosen, from } = state;
  useEffect(() => {
    if (chosen) list.current?.querySelector(`[id="region-${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const hint = from !== null ? "regionBegun" : chosen ? "regionHint" : "regionsHint";
  return (
    <section className={cx(styles.section, styles.objects)}>
      <h2>
        <span>{t("regions")}</span>
        <span className="num">{shapes.length}</span>
      </h2>
      {editor.readOnly ? null : <p className={styles.hint}>{t(hint)}</p>}
      {shapes.length === 0 ? <p className="muted small">{t("regionsEmpty")}</p> : null}
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={t("regions")}
        aria-activedescendant={chosen ? `region-${chosen}` : undefined}
        className={cx(styles.scroll, styles.listbox)}
        hidden={shapes.length === 0}
        onKeyDown={(event) => {
          if (event.code !== "ArrowDown" && event.code !== "ArrowUp") return;
          event.preventDefault();
          event.stopPropagation();
          editor.walk(event.code === "ArrowDown" ? 1 : -1);
        }}
      >
        {shapes.slice(0, SHOWN).map((region) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of its options
          <div
            key={region.id}
            id={`region-${region.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={region.id === chosen}
            className={cx(styles.object, sounds.line)}
            onClick={() => editor.choose(region.id)}
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
          </div>
        ))}
      </div>
    </section>
  );
}

const saidIn = (attributes: Readonly<Record<string, string>> | undefined): string =>
  Object.values(attributes ?? {}).join(" · ");
