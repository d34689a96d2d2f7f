import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { asAppError } from "@/api/errors";
import { findingsQuery, tagsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { findingText, wordKey, wordsOf } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { cx } from "@/ui";
import styles from "./filter.module.css";
import { type Completion, completed, completionsOf, type Vocabulary, wordAt } from "./filterWords";

export interface FilterFieldProps {
  dataset: Dataset;
  value: string;
  onChange: (value: string) => void;
  /** What the server said about the filter that is in use. */
  error: unknown;
}

/**
 * One line that says which pictures to show. Enter or leaving the field uses it; ↑ and ↓ choose among
 * what the word at the cursor could become, Tab or Enter takes it, Escape closes the list.
 */
export function FilterField({ dataset, value, onChange, error }: FilterFieldProps) {
  const t = useT("data");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [cursor, setCursor] = useState(value.length);
  const [isOpen, setIsOpen] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => setText(value), [value]);
  const words = useVocabulary(dataset);
  const found = useMemo(
    () => (isOpen ? completionsOf(text, cursor, words) : []),
    [isOpen, text, cursor, words],
  );
  const use = (wanted: string) => {
    setIsOpen(false);
    setAt(-1);
    if (wanted.trim() !== value) onChange(wanted.trim());
  };
  const take = (one: Completion) => {
    const next = completed(text, cursor, one);
    setText(next.text);
    setCursor(next.cursor);
    setAt(-1);
    if (one.isWhole) setIsOpen(false);
    requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor));
  };
  const walk = (step: 1 | -1) => {
    setIsOpen(true);
    const count = found.length;
    if (count > 0) setAt(at < 0 ? (step > 0 ? 0 : count - 1) : (at + step + count) % count);
    return true;
  };
  /** Tab takes what was chosen, else the first that goes on from what is typed; it leaves the field after a whole word. */
  const onTab = () => {
    const { word } = wordAt(text, cursor);
    const isBegun = word !== "" && !found.some(({ insert }) => plain(insert) === plain(word));
    const offered = found[at] ?? (isBegun ? found[0] : undefined);
    if (offered) take(offered);
    return offered !== undefined;
  };
  const onEnter = () => {
    const chosen = found[at];
    if (chosen) take(chosen);
    else use(text);
    return true;
  };
  const pressed = (key: string): boolean => {
    switch (key) {
      case "ArrowDown":
        return walk(1);
      case "ArrowUp":
        return walk(-1);
      case "Enter":
        return onEnter();
      case "Tab":
        return onTab();
      case "Escape":
        setIsOpen(false);
        return isOpen;
      default:
        return false;
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || event.shiftKey) return;
    if (pressed(event.key)) event.preventDefault();
  };
  const fault = faultOf(error);
  const message = useFaultText(fault);
  return (
    <div className={styles.field} role="search">
      <IconFilter size={14} className={styles.icon} aria-hidden />
      <input
        ref={input}
        className={cx(styles.input, "mono")}
        role="combobox"
        aria-label={t("filter")}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        aria-invalid={message ? true : undefined}
        aria-describedby={message ? `${id}-error` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={wordsOf("data", dataset.modality)("filterPlaceholder")}
        title={lookup("data", wordKey(dataset.modality, "filterReach"))}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
          setIsOpen(true);
          setAt(-1);
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
        onClick={() => setIsOpen(true)}
        onKeyDown={onKeyDown}
        onBlur={() => use(text)}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t("filterOffers")}
        className={styles.list}
        hidden={found.length === 0}
      >
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox
          <div
            key={one.insert}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles.offer}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(one)}
          >
            <span className="mono">{one.insert}</span>
            <span className="muted">{one.meaning}</span>
          </div>
        ))}
      </div>
      {message ? (
        <p id={`${id}-error`} className={styles.error} role="alert">
          {fault?.column ? <Pointed text={value} fault={fault} /> : null}
          {message}
        </p>
      ) : null}
    </div>
  );
}

/** A word but for its case and quotation marks. */
const plain = (word: string) => word.toLowerCase().replaceAll('"', "");

interface Fault {
  fault: string;
  column: number;
  length: number;
  params: Readonly<Record<string, unknown>>;
}

/** What the server found wrong with the filter, if that is the error. */
export function faultOf(error: unknown): Fault | undefined {
  if (!error) return undefined;
  const { code, params } = asAppError(error);
  if (code !== "filter_invalid") return undefined;
  const { fault, column, length } = params;
  return {
    fault: String(fault),
    column: typeof column === "number" ? column : 0,
    length: typeof length === "number" ? length : 1,
    params,
  };
}

function useFaultText(fault: Fault | undefined): string | undefined {
  const t = useT("data");
  if (!fault) return undefined;
  const known = fault.params.known;
  const params = {
    word: String(fault.params.word ?? ""),
    example: String(fault.params.example ?? ""),
    most: Number(fault.params.most ?? 0),
    known: Array.isArray(known) ? known.map(String).join(", ") : "",
  };
  return lookup("data", `fault_${fault.fault}`, params) ?? t("filterWrong");
}

/** The filter with the place of the mistake marked. */
function Pointed({ text, fault: { column, length } }: { text: string; fault: Fault }) {
  const from = Math.min(column - 1, text.length);
  return (
    <code className={styles.pointed}>
      {text.slice(0, from)}
      <mark>{text.slice(from, from + length) || " "}</mark>
      {text.slice(from + length)}
    </code>
  );
}

function useVocabulary(dataset: Dataset): Vocabulary {
  const t = useT("data");
  const findings = useQuery(findingsQuery(dataset.id)).data;
  const tags = useQuery(tagsQuery(dataset.id)).data;
  return useMemo(
    () => ({
      field: (field) => t(`field_${field}`),
      value: (of, value) =>
        of === "finding" ? findingText(dataset.modality, value) : (lookup("data", `${of}_${value}`) ?? value),
      findings: (findings ?? []).filter((one) => one.samples_url && one.count > 0).map((one) => one.code),
      tags: (tags ?? []).map(({ tag }) => tag),
      dataset,
    }),
    [t, findings, tags, dataset],
  );
}
