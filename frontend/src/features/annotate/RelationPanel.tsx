import { IconArrowNarrowRight, IconTrash } from "@tabler/icons-react";
import { type Ref, useEffect, useRef } from "react";
import type { Style } from "@/annotator/paint";
import type { SpanEditor } from "@/annotator/text/editor";
import { hasLink, type Relation, relationsOf } from "@/annotator/text/relations";
import type { SpanShape, SpanState } from "@/annotator/text/spans";
import { useT } from "@/i18n";
import { Button, cx, IconButton, Kbd, Swatch } from "@/ui";
import styles from "./annotate.module.css";
import asking from "./asking.module.css";
import { capOf } from "./classKeys";
import local from "./relations.module.css";

interface RelationPanelProps {
  editor: SpanEditor;
  state: SpanState;
  style: Style;
}

const SHOWN = 500;
const READ = 40;

/** What the spans are to one another: as sentences, or the one that is being made. */
export function RelationPanel(props: RelationPanelProps) {
  return props.state.linking ? <Making {...props} /> : <Made {...props} />;
}

function Made({ editor, state, style }: RelationPanelProps) {
  const t = useT("annotate");
  const now = useRef<HTMLLIElement>(null);
  const relations = relationsOf(state.shapes);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is pointed at
  useEffect(() => {
    now.current?.scrollIntoView({ block: "nearest" });
  }, [state.relation]);
  const canBegin = !state.readOnly && state.types.length > 0;
  return (
    <section className={cx(styles.section, local.panel)} aria-label={t("relations")}>
      <h2>
        <span>
          {t("relations")} <span className="num">{relations.length}</span>
        </span>
        {canBegin ? (
          <Button
            variant="quiet"
            trailing={<Kbd>R</Kbd>}
            disabled={!state.chosen}
            onClick={() => editor.beginLink()}
          >
            {t("relate")}
          </Button>
        ) : null}
      </h2>
      {relations.length === 0 ? (
        <p className="muted small">{t(canBegin ? "relationsHint" : "relationsEmpty")}</p>
      ) : null}
      <ol className={cx(styles.scroll, local.list)} hidden={relations.length === 0}>
        {relations.slice(0, SHOWN).map((relation) => (
          <Row
            key={relation.key}
            {...{ editor, style, relation }}
            isNow={relation.key === state.relation}
            rowRef={relation.key === state.relation ? now : null}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  editor: SpanEditor;
  style: Style;
  relation: Relation<SpanShape>;
  isNow: boolean;
  rowRef: Ref<HTMLLIElement>;
}

function Row({ editor, style, relation, isNow, rowRef }: RowProps) {
  const t = useT("annotate");
  const { number, from, to, type } = relation;
  const { name, color } = relationLook(style, type);
  const words = { from: wordsOf(editor, from), to: wordsOf(editor, to), type: name };
  return (
    <li ref={rowRef} className={local.row} data-relation={type}>
      <button
        type="button"
        className={local.said}
        aria-pressed={isNow}
        onClick={() => editor.chooseRelation(relation)}
      >
        <span className={cx("num muted", local.number)}>{number}</span>
        <span className={local.words}>
          <span className="ellipsis">{words.from}</span>
          <span className={local.type}>
            <Swatch color={color} />
            <span className="ellipsis">{name}</span>
            <IconArrowNarrowRight size={14} aria-hidden />
          </span>
          <span className="ellipsis">{words.to}</span>
        </span>
      </button>
      {editor.readOnly ? null : (
        <IconButton
          size="sm"
          label={t("removeRelation", { number, ...words })}
          onClick={() => editor.removeRelation(relation)}
        >
          <IconTrash size={15} />
        </IconButton>
      )}
    </li>
  );
}

/** Where the new relation leads, and the digits of the types it can have. */
function Making({ editor, style }: RelationPanelProps) {
  const t = useT("annotate");
  const [from, to] = editor.linkEnds;
  const types = editor.linkTypes;
  if (!from) return null;
  return (
    <section className={cx(asking.panel, local.making)} aria-label={t("relationNew")}>
      <h2>
        <span>{t("relationNew")}</span>
        <Button variant="quiet" trailing={<Kbd>Esc</Kbd>} onClick={() => editor.endLink()}>
          {t("endAsking")}
        </Button>
      </h2>
      <p className={local.ends}>
        <End editor={editor} style={style} span={from} />
        <IconArrowNarrowRight size={16} aria-hidden />
        {to ? (
          <End editor={editor} style={style} span={to} />
        ) : (
          <span className="muted">{t("relationTo")}</span>
        )}
      </p>
      {from && to ? (
        <div className={asking.choices}>
          {types.map(({ id }, place) => (
            <button
              key={id}
              type="button"
              className={asking.choice}
              aria-pressed={hasLink(from, { type: id, to: to.id })}
              onClick={() => editor.link(id)}
            >
              <Swatch color={relationLook(style, id).color} />
              <span className="ellipsis">{relationLook(style, id).name}</span>
              {capOf(place) ? <Kbd>{capOf(place)}</Kbd> : null}
              {types.length === 1 ? <Kbd>↵</Kbd> : null}
            </button>
          ))}
        </div>
      ) : null}
      <p className={asking.hint}>{t(to ? "relationTypeHint" : "relationToHint")}</p>
    </section>
  );
}

function End({ editor, style, span }: { editor: SpanEditor; style: Style; span: SpanShape }) {
  return (
    <span className={local.end}>
      <Swatch color={style.colorOf(span.label)} />
      <span className="ellipsis">{wordsOf(editor, span)}</span>
      <span className="muted small">{style.nameOf(span.label)}</span>
    </span>
  );
}

const wordsOf = ({ points }: SpanEditor, { start, end }: SpanShape): string =>
  points.slice(start, Math.min(end, start + READ)).join("");

const GONE = { name: "?", color: "var(--muted)" };

/** How a type is called and painted; one that is gone by a question mark. */
export const relationLook = (style: Style, type: string) => style.relationOf?.(type) ?? GONE;
