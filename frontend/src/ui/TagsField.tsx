import { IconX } from "@tabler/icons-react";
import { type ClipboardEvent, type KeyboardEvent, useId, useState } from "react";
import { useT } from "@/i18n";
import { cx } from "./cx";
import styles from "./Field.module.css";
import type { FieldBase } from "./fieldBase";

export interface TagsFieldProps extends FieldBase {
  value: readonly string[];
  onChange: (value: readonly string[]) => void;
  /** Words that are in use, offered while one types. */
  known?: readonly string[];
  placeholder?: string;
  autoFocus?: boolean;
  most?: number;
}

/** The form in which the server keeps a tag (`datasets/tags.py`). */
export function tagForm(word: string): string {
  return word.normalize("NFKC").toLowerCase().normalize("NFKC").trim().replace(/\s+/g, " ");
}

/** What was there and what was typed, each once; commas part words, also the wide ones. */
export function tagsWith(value: readonly string[], typed: string, most: number): readonly string[] {
  const words = typed
    .split(/[,，\n]/)
    .map(tagForm)
    .filter(Boolean);
  return [...new Set([...value, ...words])].slice(0, most);
}

/**
 * Words as chips: Enter, a comma or leaving the field takes what was typed, Backspace in the empty field takes the
 * last one back. Known words are the browser's own offers.
 */
export function TagsField({
  value,
  onChange,
  known = [],
  placeholder,
  autoFocus,
  most = 32,
  ...field
}: TagsFieldProps) {
  const { label, hint, error, hideLabel, disabled } = field;
  const t = useT("ui");
  const id = useId();
  const [typed, setTyped] = useState("");
  const add = (text: string) => {
    setTyped("");
    const next = tagsWith(value, text, most);
    if (next.length !== value.length) onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && typed.trim() !== "") {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && typed === "" && value.length > 0) onChange(value.slice(0, -1));
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData.getData("text");
    if (!/[,，\n]/.test(text)) return;
    event.preventDefault();
    add(`${typed}${text}`);
  };
  return (
    <div className={styles.root}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      {hint ? (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      ) : null}
      <div className={cx(styles.tags, disabled && "muted")}>
        {value.map((tag) => (
          <span key={tag} className={styles.chip}>
            <span className="ellipsis" dir="auto" title={tag}>
              {tag}
            </span>
            <button
              type="button"
              className={styles.chipAway}
              aria-label={t("tagAway", { tag })}
              disabled={disabled}
              onClick={() => onChange(value.filter((one) => one !== tag))}
            >
              <IconX size={12} aria-hidden />
            </button>
          </span>
        ))}
        <input
          id={id}
          className={styles.tagInput}
          list={`${id}-known`}
          value={typed}
          maxLength={200}
          placeholder={value.length === 0 ? placeholder : undefined}
          disabled={disabled || value.length >= most}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus={autoFocus || undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={
            [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined
          }
          onChange={(event) => {
            const text = event.currentTarget.value;
            if (/[,，]/.test(text)) add(text);
            else setTyped(text);
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => add(typed)}
        />
        <datalist id={`${id}-known`}>
          {known
            .filter((tag) => !value.includes(tag))
            .slice(0, 200)
            .map((tag) => (
              <option key={tag} value={tag} />
            ))}
        </datalist>
      </div>
      {error ? (
        <span id={`${id}-error`} className={styles.error}>
          {error}
        </span>
      ) : null}
    </div>
  );
}
