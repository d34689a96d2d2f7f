import { IconX } from "@tabler/icons-react";
import { useT } from "@/i18n";
import { type Option, SelectField } from "@/ui";
import styles from "./steps.module.css";

interface SeveralProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  value: readonly string[];
  options: readonly Option<string>[];
  onChange: (value: string[]) => void;
}

/** Several of a list in the order in which they were chosen; each can be left out again. */
export function SeveralField({ label, hint, error, value, options, onChange }: SeveralProps) {
  const t = useT("cleanRows");
  const rest = options.filter((option) => !value.includes(option.value));
  const textOf = (one: string) => options.find((option) => option.value === one)?.label ?? one;
  return (
    <div className={styles.several}>
      <SelectField
        label={label}
        hint={hint}
        error={error}
        value={null}
        placeholder={t("choose")}
        options={rest}
        disabled={rest.length === 0}
        onChange={(chosen) => chosen && onChange([...value, chosen])}
      />
      {value.length > 0 ? (
        <ul className={styles.chosen}>
          {value.map((one) => (
            <li key={one}>
              <button
                type="button"
                className={styles.chip}
                aria-label={t("remove", { name: textOf(one) })}
                onClick={() => onChange(value.filter((other) => other !== one))}
              >
                <span>{textOf(one)}</span>
                <IconX size={12} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
