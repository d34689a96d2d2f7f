import { language, lookup, useT } from "@/i18n";
import { NumberField, SelectField, TextField } from "@/ui";
import styles from "./runs.module.css";
import { isValid, type SchemaField, type Values } from "./schema";
import { settingText } from "./settingText";

interface SettingsFormProps {
  fields: readonly SchemaField[];
  values: Values;
  /** What the chosen preset uses where nothing is filled in. */
  preset: Values;
  onChange: (values: Values) => void;
}

/** Every parameter of the algorithm, drawn from its JSON Schema; what is empty follows the preset. */
export function SettingsForm({ fields, values, preset, onChange }: SettingsFormProps) {
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...others } = values;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <div className={styles.settings}>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name]}
          preset={preset[field.name]}
          onChange={(value) => set(field.name, value)}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  field: SchemaField;
  value: unknown;
  preset: unknown;
  onChange: (value: unknown) => void;
}

function Field(props: FieldProps) {
  if (props.field.kind === "boolean") return <SwitchSetting {...props} />;
  if (props.field.kind === "choice") return <ChoiceSetting {...props} />;
  return <TypedSetting {...props} />;
}

/** The words of a setting: ours where there are any, else the schema's. */
function useWords({ field, preset }: FieldProps) {
  const t = useT("runs");
  return {
    t,
    label: lookup("runs", `param_${field.name}`) ?? field.title,
    hint: lookup("runs", `paramText_${field.name}`) ?? (language() === "en" ? field.description : ""),
    placeholder:
      preset === undefined ? t("followPreset") : `${t("followPreset")}: ${settingText(field.name, preset)}`,
  };
}

function SwitchSetting(props: FieldProps) {
  const { t, ...words } = useWords(props);
  const { value, onChange } = props;
  return (
    <SelectField
      {...words}
      clearable
      value={value === undefined ? null : value ? "on" : "off"}
      options={[
        { value: "on", label: t("on") },
        { value: "off", label: t("off") },
      ]}
      onChange={(next) => onChange(next === null ? undefined : next === "on")}
    />
  );
}

function ChoiceSetting(props: FieldProps) {
  const { t: _, ...words } = useWords(props);
  const { field, value, onChange } = props;
  return (
    <SelectField
      {...words}
      clearable
      value={value === undefined ? null : String(value)}
      options={field.choices.map((choice) => ({
        value: String(choice),
        label: lookup("runs", `choice_${field.name}_${choice}`) ?? String(choice),
      }))}
      onChange={(next) => onChange(field.choices.find((choice) => String(choice) === next))}
    />
  );
}

function TypedSetting(props: FieldProps) {
  const { t, ...words } = useWords(props);
  const { field, value, onChange } = props;
  if (field.kind === "text") {
    return (
      <TextField
        {...words}
        value={typeof value === "string" ? value : ""}
        onChange={(next) => onChange(next || undefined)}
      />
    );
  }
  return (
    <NumberField
      {...words}
      value={typeof value === "number" ? value : null}
      step={field.kind === "integer" ? 1 : 0.001}
      error={isValid(field, value) ? undefined : rangeText(field, t)}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

function rangeText({ low, high }: SchemaField, t: ReturnType<typeof useT<"runs">>): string {
  if (low !== null && high !== null) return t("outOfRange", { low, high });
  if (low !== null) return t("atLeast", { low });
  return high === null ? t("notNumber") : t("atMost", { high });
}
