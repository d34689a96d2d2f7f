import type { ReactNode } from "react";
import styles from "./ChoiceCards.module.css";

export interface Choice<V extends string> {
  value: V;
  title: ReactNode;
  text?: ReactNode;
  note?: ReactNode;
  disabled?: boolean;
}

export interface ChoiceCardsProps<V extends string> {
  legend: string;
  name: string;
  value: V;
  onChange: (value: V) => void;
  choices: readonly Choice<V>[];
}

/** One of two to four, each explained: radio buttons the size of cards. */
export function ChoiceCards<V extends string>({
  legend,
  name,
  value,
  onChange,
  choices,
}: ChoiceCardsProps<V>) {
  return (
    <fieldset
      className={styles.choices}
      data-pairs={choices.length === 2 || choices.length === 4 || undefined}
    >
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice} data-chosen={choice.value === value || undefined}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.disabled ?? false}
            onChange={() => onChange(choice.value)}
          />
          <span className={styles.title}>{choice.title}</span>
          {choice.text ? <span className={styles.text}>{choice.text}</span> : null}
          {choice.note ? <span className={styles.note}>{choice.note}</span> : null}
        </label>
      ))}
    </fieldset>
  );
}
