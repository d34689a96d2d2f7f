import { type ReactNode, useId } from "react";
import { cx } from "./cx";
import styles from "./Segmented.module.css";

export interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: readonly { value: V; label: ReactNode }[];
  /** Show the label above; otherwise it is for screen readers. */
  showLabel?: boolean;
  fullWidth?: boolean;
}

/** One of two to five, all in sight: radio buttons that look like one control. */
export function SegmentedField<V extends string>({
  label,
  value,
  onChange,
  options,
  showLabel,
  fullWidth,
}: SegmentedProps<V>) {
  const name = useId();
  return (
    <fieldset className={cx(styles.group, fullWidth && styles.full)}>
      <legend className={showLabel ? styles.label : "visually-hidden"}>{label}</legend>
      <div className={styles.track}>
        {options.map((option) => (
          <label key={option.value} className={styles.option}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
