import { Slider } from "@mantine/core";
import { useId } from "react";
import styles from "./Field.module.css";
import type { FieldBase } from "./fieldBase";

export interface SliderFieldProps extends FieldBase {
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  step?: number;
  format?: (value: number) => string;
}

/** A number on a line, its value in figures beside the label. */
export function SliderField({
  value,
  onChange,
  min,
  max,
  step,
  format,
  label,
  hint,
  disabled,
}: SliderFieldProps) {
  const id = useId();
  const text = format ? format(value) : String(value);
  return (
    <div className={styles.slider}>
      <div className={styles.sliderHead}>
        <span id={id} className={styles.label}>
          {label}
        </span>
        <span className="num muted">{text}</span>
      </div>
      <Slider
        value={value}
        onChange={onChange}
        min={min}
        max={max}
        step={step ?? 1}
        label={null}
        size={4}
        thumbSize={16}
        color="var(--accent)"
        disabled={disabled ?? false}
        thumbProps={{ "aria-labelledby": id, "aria-valuetext": text }}
      />
      {hint ? <span className={styles.hint}>{hint}</span> : null}
    </div>
  );
}
