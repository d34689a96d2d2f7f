import { useState } from "react";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import {
  CheckboxField,
  Dropzone,
  NumberField,
  Panel,
  PasswordField,
  SegmentedField,
  SelectField,
  SliderField,
  SwitchField,
  Tabs,
  TextareaField,
  TextField,
  toast,
} from "@/ui";
import styles from "../dev.module.css";

/** Every field: plain, with a hint, wrong, disabled. */
export function FieldsSection({ error }: { error: string }) {
  const t = useT("app");
  const ui = useT("ui");
  const [text, setText] = useState("Studio");
  const [count, setCount] = useState<number | null>(12);
  const [choice, setChoice] = useState<"a" | "b" | null>("a");
  const [on, setOn] = useState(true);
  const [share, setShare] = useState(0.4);
  const options = [
    { value: "a", label: t("themeLight") },
    { value: "b", label: t("themeDark") },
  ] as const;
  return (
    <Panel title="TextField · PasswordField · NumberField · SelectField · TextareaField · SwitchField · CheckboxField · SliderField · SegmentedField · Tabs · Dropzone">
      <div className={styles.grid}>
        <TextField label={t("name")} value={text} onChange={setText} />
        <TextField label={t("name")} hint={t("offlineHint")} value={text} onChange={setText} />
        <TextField
          label={t("name")}
          error={`${t("notFoundTitle")} ${error}`}
          value={text}
          onChange={setText}
        />
        <TextField label={t("name")} disabled value={text} onChange={setText} />
        <PasswordField label={t("settings")} showLabel={ui("showPassword")} value={text} onChange={setText} />
        <NumberField label={t("jobs")} value={count} onChange={setCount} min={0} />
        <SelectField label={t("theme")} value={choice} onChange={setChoice} options={options} />
        <SelectField
          label={t("theme")}
          value={null}
          onChange={setChoice}
          options={options}
          error={t("notFoundTitle")}
        />
        <TextareaField label={t("overview")} value={text} onChange={setText} rows={3} />
        <SliderField
          label={t("density")}
          value={share}
          onChange={setShare}
          min={0}
          max={1}
          step={0.05}
          format={(value) => formatPercent(value, 0)}
        />
        <SwitchField label={t("demo")} hint={t("offlineHint")} checked={on} onChange={setOn} />
        <CheckboxField label={t("demo")} checked={on} onChange={setOn} />
        <SegmentedField
          label={t("theme")}
          showLabel
          value={choice ?? "a"}
          onChange={setChoice}
          options={options}
        />
        <Tabs
          label={t("theme")}
          value={choice ?? "a"}
          onChange={setChoice}
          tabs={[
            { value: "a", label: t("themeLight"), panel: t("jobsNoneHint") },
            { value: "b", label: t("themeDark"), panel: t("offlineHint") },
          ]}
        />
        <Dropzone
          onFiles={(files) => toast(files.map((file) => file.name).join(", "))}
          multiple
          hint="ZIP, JPEG, PNG"
        />
      </div>
    </Panel>
  );
}
