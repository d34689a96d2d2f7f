import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { rowsOf } from "@/api/query";
import { tableQuery } from "@/api/tables";
import type { Dataset } from "@/api/types";
import { versionsPages } from "@/api/versions";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { ChoiceCards, NumberField, SelectField, SwitchField } from "@/ui";
import { ANEW, columnsOf, GIVEN, type Shares, type SplitChoice, STRATEGIES, sumOf } from "./plan";
import styles from "./versions.module.css";

interface SplitFieldsProps {
  dataset: Dataset;
  choice: SplitChoice;
  onChange: (choice: SplitChoice) => void;
}

/** How a version is split: what decides, into which shares, where the test split comes from. */
export function SplitFields({ dataset, choice, onChange }: SplitFieldsProps) {
  const t = useWords("versions", dataset.modality);
  const set = (change: Partial<SplitChoice>) => onChange({ ...choice, ...change });
  const { strategy } = choice;
  const isByColumn = dataset.modality === "tabular" && columnsOf(choice).split;
  return (
    <>
      <ChoiceCards
        legend={t("strategy")}
        name="strategy"
        value={strategy}
        onChange={(value) => set({ strategy: value })}
        choices={STRATEGIES.map((value) => ({
          value,
          title: t(`strategy_${value}`),
          text: t(`strategyText_${value}`),
        }))}
      />
      {isByColumn ? (
        <SplitColumn
          dataset={dataset.id}
          label={t("splitColumn")}
          ordered={strategy === "time"}
          value={choice.column}
          onChange={(column) => set({ column })}
        />
      ) : null}
      {strategy === "given" ? null : <DealtFields dataset={dataset} choice={choice} onChange={onChange} />}
    </>
  );
}

function DealtFields({ dataset, choice, onChange }: SplitFieldsProps) {
  const t = useWords("versions", dataset.modality);
  const set = (change: Partial<SplitChoice>) => onChange({ ...choice, ...change });
  const needsColumn = dataset.modality === "tabular" && columnsOf(choice).test;
  return (
    <>
      <SharesFields shares={choice.shares} onChange={(shares) => set({ shares })} />
      <TestField dataset={dataset} value={choice.test} onChange={(test) => set({ test })} />
      {needsColumn ? (
        <SplitColumn
          dataset={dataset.id}
          label={t("testColumn")}
          ordered={false}
          value={choice.testColumn}
          onChange={(testColumn) => set({ testColumn })}
        />
      ) : null}
      <SwitchField
        label={t("keepAlike")}
        hint={t(choice.strategy === "time" ? "keepAlikeTimeHint" : "keepAlikeHint")}
        checked={choice.keepsAlike}
        onChange={(keepsAlike) => set({ keepsAlike })}
      />
      <div className={styles.two}>
        <NumberField
          label={t("seed")}
          hint={t("seedHint")}
          value={choice.seed}
          min={0}
          onChange={(seed) => set({ seed: seed ?? 0 })}
        />
      </div>
    </>
  );
}

interface SplitColumnProps {
  dataset: string;
  label: string;
  /** Only columns of dates or numbers. */
  ordered: boolean;
  value: string | null;
  onChange: (value: string | null) => void;
}

/** The column of a table that says what goes where: equal values, an order in time, or the split itself. */
function SplitColumn({ dataset, label, ordered, value, onChange }: SplitColumnProps) {
  const columns = useQuery(tableQuery(dataset)).data?.columns ?? [];
  const fit = columns.filter(({ kind }) => !ordered || kind === "datetime" || kind === "number");
  return (
    <SelectField
      label={label}
      value={value}
      options={fit.map(({ index, name }) => ({ value: String(index), label: name }))}
      onChange={onChange}
    />
  );
}

interface TestFieldProps {
  dataset: Dataset;
  value: string;
  onChange: (value: string) => void;
}

/** Whether the test split is dealt anew, begins with what was given, or is that of a version. */
function TestField({ dataset, value, onChange }: TestFieldProps) {
  const t = useWords("versions", dataset.modality);
  const versions = rowsOf(useInfiniteQuery(versionsPages(dataset.id)).data) ?? [];
  const tested = versions.filter(({ counts }) => (counts.test ?? 0) > 0);
  const hints: Record<string, string> = { [ANEW]: t("testAnewHint"), [GIVEN]: t("lockTestHint") };
  return (
    <SelectField
      label={t("testSplit")}
      hint={hints[value] ?? t("testOfHint")}
      value={value}
      options={[
        { value: ANEW, label: t("testAnew") },
        { value: GIVEN, label: t("lockTest") },
        ...tested.map(({ id, number, name }) => ({ value: id, label: t("testOf", { number, name }) })),
      ]}
      onChange={(chosen) => onChange(chosen ?? ANEW)}
    />
  );
}

function SharesFields({ shares, onChange }: { shares: Shares; onChange: (shares: Shares) => void }) {
  const t = useT("versions");
  const field = (part: keyof Shares) => (
    <NumberField
      label={t(part)}
      value={shares[part]}
      min={0}
      max={100}
      suffix=" %"
      onChange={(value) => onChange({ ...shares, [part]: value ?? 0 })}
    />
  );
  const sum = sumOf(shares);
  return (
    <div>
      <div className={styles.shares}>
        {field("train")}
        {field("val")}
        {field("test")}
      </div>
      {sum === 100 ? null : (
        <p className={styles.warning} role="alert">
          {t("sharesSum", { sum })}
        </p>
      )}
    </div>
  );
}
