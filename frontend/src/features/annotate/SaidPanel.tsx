import { type AskedOf, saidOf } from "@/annotator/asking";
import type { Shape } from "@/annotator/model";
import { useLanguage, useT } from "@/i18n";
import styles from "./asking.module.css";

/** What is said beside classes, to be read: a reviewer judges a transcript by it. Nothing where nothing is said. */
export function SaidPanel({ shapes, askedOf }: { shapes: readonly Shape[]; askedOf: AskedOf }) {
  const t = useT("annotate");
  const language = useLanguage();
  const said = shapes.flatMap((shape) =>
    Object.keys(shape.attributes ?? {}).map((name) => ({ shape, name, value: saidOf(shape, name) })),
  );
  if (said.length === 0) return null;
  const titleOf = (shape: Shape, name: string) => {
    const asked = askedOf(shape.label).find((one) => one.name === name);
    return (language === "zh-Hans" && asked?.name_zh) || name;
  };
  return (
    <section className={styles.panel} aria-label={t("attributes")}>
      <h2>{t("attributes")}</h2>
      <dl className={styles.said}>
        {said.map(({ shape, name, value }) => (
          <div key={`${shape.id} ${name}`}>
            <dt>{titleOf(shape, name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
