import { type ChangeEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import {
  type Asked,
  accepts,
  choicesOf,
  MAX_TEXT,
  partsOf,
  pressed,
  saidOf,
  type Wanted,
} from "@/annotator/asking";
import { useLanguage, useT } from "@/i18n";
import { Button, cx, Kbd, Row, SelectField } from "@/ui";
import styles from "./asking.module.css";
import { capOf } from "./classKeys";
import { type Asking, askedNow, begin } from "./useAsking";

/** What the selected object is asked, with the digits that answer while it is asked, and the sweep over all. */
export function AskPanel({ asking }: { asking: Asking }) {
  const t = useT("annotate");
  const { shape, walk } = asking;
  return (
    <section className={styles.panel} aria-label={t("attributes")}>
      <h2>
        <span>{t("attributes")}</span>
        {walk ? (
          <Button variant="quiet" trailing={<Kbd>Esc</Kbd>} onClick={asking.end}>
            {t("endAsking")}
          </Button>
        ) : (
          <Button variant="quiet" trailing={<Kbd>⇧T</Kbd>} onClick={() => begin(asking)}>
            {t("sweep")}
          </Button>
        )}
      </h2>
      {walk?.sweep ? <SweepBar asking={asking} /> : null}
      {shape ? (
        asking
          .askedOf(shape.label)
          .filter(({ name }) => !walk?.sweep || name === asking.name)
          .map((asked) => <Question key={`${shape.id} ${asked.name}`} asking={asking} asked={asked} />)
      ) : (
        <p className={styles.hint}>{t("askedNothing")}</p>
      )}
      {shape && !walk ? <p className={styles.hint}>{t("askHint")}</p> : null}
      {walk ? (
        <p className={styles.hint}>
          {t(askedNow(asking)?.asked.kind === "text" ? "askingTextHint" : "askingHint")}
        </p>
      ) : null}
    </section>
  );
}

/** Which attribute is swept, over which objects, and where the sweep is. */
function SweepBar({ asking }: { asking: Asking }) {
  const t = useT("annotate");
  const { walk, names, askedOf, shape } = asking;
  if (!walk?.sweep) return null;
  const { name, wanted } = walk.sweep;
  const asked = shape && askedOf(shape.label).find((one) => one.name === name);
  const chosen = typeof wanted === "string" ? wanted : `=${wanted.value}`;
  const options = [
    { value: "missing", label: t("sweepMissing") },
    { value: "all", label: t("sweepAll") },
    ...(asked ? choicesOf(asked) : []).map((value) => ({
      value: `=${value}`,
      label: asked ? wordOf(asked, value, t) : value,
    })),
  ];
  const wantedOf = (value: string): Wanted =>
    value === "missing" || value === "all" ? value : { value: value.slice(1) };
  return (
    <div className={styles.sweep}>
      <Row>
        <SelectField
          label={t("sweepAttribute")}
          hideLabel
          value={name}
          options={names.map((one) => ({ value: one, label: one }))}
          onChange={(one) => one && asking.sweep(one, "all")}
        />
        <SelectField
          label={t("sweepWhich")}
          hideLabel
          value={chosen}
          options={options}
          onChange={(value) => value && asking.sweep(name, wantedOf(value))}
        />
      </Row>
      <p className="num small" aria-live="polite" data-sweep>
        {t("sweepAt", { at: walk.at + 1, count: walk.steps.length })}
      </p>
    </div>
  );
}

function Question({ asking, asked }: { asking: Asking; asked: Asked }) {
  const t = useT("annotate");
  const language = useLanguage();
  const { shape } = asking;
  if (!shape) return null;
  const value = saidOf(shape, asked.name);
  const isNow = asking.name === asked.name;
  const isBad = value === "" ? asked.required : !accepts(asked, value);
  const title = language === "zh-Hans" && asked.name_zh ? asked.name_zh : asked.name;
  const choices = choicesOf(asked);
  return (
    <fieldset className={cx(styles.question, isNow && styles.now)} data-asked={asked.name}>
      <legend>
        <span className="ellipsis">{title}</span>
        {isBad ? <span className={styles.bad}>{t(value === "" ? "askRequired" : "askInvalid")}</span> : null}
      </legend>
      {choices.length > 0 ? (
        <div className={styles.choices}>
          {choices.map((choice, place) => (
            <button
              key={choice}
              type="button"
              className={styles.choice}
              aria-pressed={partsOf(value).includes(choice)}
              onClick={() => asking.say(asked.name, pressed(asked, value, choice))}
            >
              <span className="ellipsis">{wordOf(asked, choice, t)}</span>
              {isNow && capOf(place) ? <Kbd>{capOf(place)}</Kbd> : null}
            </button>
          ))}
        </div>
      ) : (
        <Written asking={asking} asked={asked} title={title} value={value} isNow={isNow} />
      )}
    </fieldset>
  );
}

interface WrittenProps {
  asking: Asking;
  asked: Asked;
  title: string;
  value: string;
  isNow: boolean;
}

/** A number or a text, which grows with its lines: kept when it is a value, or nothing, as soon as the field is left. */
function Written({ asking, asked, title, value, isNow }: WrittenProps) {
  const [typed, setTyped] = useState(value);
  // A text may have lines: Shift and Enter begin one.
  const isLong = asked.kind === "text";
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (isNow) input.current?.focus();
  }, [isNow]);
  const keep = () => {
    const text = typed.trim();
    if (text === "" || accepts(asked, text)) asking.say(asked.name, text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      setTyped(value);
      input.current?.blur();
      asking.end();
    } else if ((event.key === "Enter" && !(isLong && event.shiftKey)) || (event.key === "Tab" && isNow)) {
      event.preventDefault();
      keep();
      input.current?.blur();
      asking.go(event.shiftKey ? -1 : 1);
    } else return;
    event.stopPropagation();
  };
  const field = {
    ref: input,
    className: styles.input,
    "aria-label": title,
    maxLength: MAX_TEXT,
    value: typed,
    "aria-invalid": typed.trim() !== "" && !accepts(asked, typed.trim()),
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setTyped(event.currentTarget.value),
    onBlur: keep,
    onKeyDown,
  };
  return isLong ? <textarea {...field} rows={2} /> : <input {...field} inputMode="decimal" />;
}

/** Yes and no are the page's words, options those of the class. */
function wordOf(asked: Asked, value: string, t: ReturnType<typeof useT<"annotate">>): string {
  if (asked.kind !== "bool") return value;
  return t(value === "true" ? "yes" : "no");
}
