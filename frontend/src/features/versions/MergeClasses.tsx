import type { ProposedClass } from "@/api/merges";
import { classText } from "@/app/classWords";
import { useWords } from "@/app/words";
import { SelectField } from "@/ui";
import styles from "./versions.module.css";

interface MergeClassesProps {
  modality: string;
  here: readonly { id: string; name: string; name_zh?: string }[];
  classes: readonly ProposedClass[];
  chosen: Readonly<Record<string, string>>;
  onChange: (id: string, to: string) => void;
}

/** Each class of the version and what it becomes here. */
export function MergeClasses({ here, modality, classes, chosen, onChange }: MergeClassesProps) {
  const t = useWords("changes", modality);
  if (classes.length === 0) return <p className="muted small">{t("mergeNoClasses")}</p>;
  return (
    <ul className={styles.mapping}>
      {classes.map((one) => (
        <li key={one.id}>
          <span className={styles.mappingName} title={classText(one)}>
            {classText(one)}
          </span>
          <SelectField
            label={t("mergeBecomes", { name: classText(one) })}
            hideLabel
            value={chosen[one.id] ?? one.to}
            options={[
              ...here.map((row) => ({ value: row.id, label: classText(row) })),
              ...(here.some((row) => row.name === one.name) ? [] : [{ value: "new", label: t("mergeNew") }]),
              { value: "drop", label: t("mergeDrop") },
            ]}
            onChange={(to) => to && onChange(one.id, to)}
          />
          <span className="muted small">
            {one.id in chosen ? t("mergeWhy_chosen") : t(`mergeWhy_${one.why}`)}
          </span>
        </li>
      ))}
    </ul>
  );
}
