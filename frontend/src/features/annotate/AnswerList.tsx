import { IconEye, IconEyeOff } from "@tabler/icons-react";
import type { Style } from "@/annotator/paint";
import { relationsOf } from "@/annotator/text/relations";
import { classesOf } from "@/annotator/tools/class";
import { useT } from "@/i18n";
import { IconButton, Kbd, Swatch } from "@/ui";
import styles from "./annotate.module.css";
import type { Choice } from "./answers";
import local from "./conflicts.module.css";
import type { Choosing } from "./useChoice";

/** Whose answer it is. */
export function useAuthor(): (choice: Choice) => string {
  const t = useT("conflicts");
  return ({ author }) => author ?? t("agreedPart");
}

/** What an answer says, in a few words: its classes with what is said beside them, or how much is drawn. */
export function useSaid(style: Style, hasPlaces: boolean): (choice: Choice) => string {
  const t = useT("conflicts");
  return ({ shapes }) => {
    if (hasPlaces) {
      const related = relationsOf(shapes).length;
      const objects = t("objects", { count: shapes.length });
      return related > 0 ? `${objects} · ${t("related", { count: related })}` : objects;
    }
    const classes = classesOf(shapes).map(style.nameOf).join(", ") || t("noClass");
    const beside = shapes.flatMap(({ attributes }) => Object.values(attributes ?? {}));
    return [classes, ...beside].join(" · ");
  };
}

interface AnswerListProps {
  choosing: Choosing;
  style: Style;
  hasPlaces: boolean;
}

/** The answers with their people's colors and their keys: a press chooses one, the eye shows or hides it. */
export function AnswerList({ choosing, style, hasPlaces }: AnswerListProps) {
  const t = useT("conflicts");
  const authorOf = useAuthor();
  const said = useSaid(style, hasPlaces);
  const { choices, chosen, hidden, choose, toggle } = choosing;
  return (
    <section className={styles.section} data-answers>
      <h2>{t("answers")}</h2>
      {choices.map((choice) => {
        const { place, color } = choice;
        const isShown = !hidden.has(place);
        return (
          <div key={place} className={local.answer}>
            <button
              type="button"
              className={styles.class}
              aria-pressed={chosen?.place === place}
              onClick={() => choose(place)}
            >
              <Swatch color={color} size={12} />
              <span className={local.answerText}>
                <span className="ellipsis">{authorOf(choice)}</span>
                <span className="ellipsis muted small" title={said(choice)}>
                  {said(choice)}
                </span>
              </span>
              <Kbd>{place}</Kbd>
            </button>
            {hasPlaces ? (
              <IconButton
                label={t(isShown ? "hide" : "show", { name: authorOf(choice) })}
                hint={<Kbd>{`⇧${place}`}</Kbd>}
                onClick={() => toggle(place)}
              >
                {isShown ? <IconEye size={18} stroke={1.6} /> : <IconEyeOff size={18} stroke={1.6} />}
              </IconButton>
            ) : null}
          </div>
        );
      })}
    </section>
  );
}
