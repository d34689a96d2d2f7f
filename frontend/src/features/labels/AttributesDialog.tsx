import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { type Asked, type AskedKind, choicesOf } from "@/annotator/asking";
import { useT } from "@/i18n";
import { Button, CheckboxField, Dialog, IconButton, SelectField, TextField } from "@/ui";
import { faultOf, newAsked, optionsOf } from "./asked";
import styles from "./labels.module.css";

export interface AttributesDialogProps {
  name: string;
  asked: readonly Asked[];
  onClose: () => void;
  onSave: (asked: readonly Asked[]) => void;
}

const KINDS: readonly AskedKind[] = ["select", "multi", "bool", "number", "text"];

/** What is asked of every object of a class. */
export function AttributesDialog({ name, asked, onClose, onSave }: AttributesDialogProps) {
  const t = useT("labels");
  const [rows, setRows] = useState(() => asked.map((one) => ({ key: crypto.randomUUID(), one })));
  const all = rows.map(({ one }) => one);
  const change = (key: string, one: Asked) =>
    setRows(rows.map((row) => (row.key === key ? { key, one } : row)));
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      title={t("attributesOf", { name })}
      footer={
        <>
          <Button
            icon={<IconPlus size={16} />}
            onClick={() => setRows([...rows, { key: crypto.randomUUID(), one: newAsked() }])}
          >
            {t("addAttribute")}
          </Button>
          <Button
            variant="primary"
            disabled={all.some((one) => faultOf(one, all) !== null)}
            onClick={() => onSave(all)}
          >
            {t("takeAttributes")}
          </Button>
        </>
      }
    >
      <p className="muted small">{t("attributesHint")}</p>
      {rows.length === 0 ? <p className="muted">{t("attributesEmpty")}</p> : null}
      {rows.map(({ key, one }, at) => (
        <fieldset
          key={key}
          className={styles.asked}
          aria-label={one.name || t("attributeNth", { at: at + 1 })}
        >
          <AttributeFields one={one} all={all} onChange={(next) => change(key, next)} />
          <IconButton
            size="sm"
            label={t("removeAttribute", { name: one.name || t("attributeNth", { at: at + 1 }) })}
            onClick={() => setRows(rows.filter((row) => row.key !== key))}
          >
            <IconTrash size={15} />
          </IconButton>
        </fieldset>
      ))}
    </Dialog>
  );
}

interface FieldsProps {
  one: Asked;
  all: readonly Asked[];
  onChange: (one: Asked) => void;
}

function AttributeFields({ one, all, onChange }: FieldsProps) {
  const t = useT("labels");
  const fault = faultOf(one, all);
  const isChosen = one.kind === "select" || one.kind === "multi";
  const yesNo = (value: string) => (one.kind === "bool" ? t(value === "true" ? "yes" : "no") : value);
  return (
    <div className={styles.askedFields}>
      <TextField
        label={t("name")}
        value={one.name}
        error={fault === "name" ? t("attributeName") : undefined}
        onChange={(name) => onChange({ ...one, name })}
      />
      <TextField
        label={t("nameZh")}
        value={one.name_zh}
        onChange={(name_zh) => onChange({ ...one, name_zh })}
      />
      <SelectField
        label={t("attributeKind")}
        value={one.kind}
        options={KINDS.map((kind) => ({ value: kind, label: t(`attribute_${kind}`) }))}
        onChange={(kind) => kind && onChange({ ...one, kind, default: "" })}
      />
      {isChosen ? <Options one={one} isBad={fault === "options"} onChange={onChange} /> : null}
      {one.kind === "select" || one.kind === "bool" ? (
        <SelectField
          label={t("attributeDefault")}
          clearable
          placeholder={t("attributeNoDefault")}
          value={one.default || null}
          options={choicesOf(one).map((value) => ({ value, label: yesNo(value) }))}
          onChange={(value) => onChange({ ...one, default: value ?? "" })}
        />
      ) : one.kind === "multi" ? null : (
        <TextField
          label={t("attributeDefault")}
          placeholder={t("attributeNoDefault")}
          value={one.default}
          error={fault === "default" ? t("attributeBadDefault") : undefined}
          onChange={(value) => onChange({ ...one, default: value.trim() })}
        />
      )}
      <CheckboxField
        label={t("attributeRequired")}
        checked={one.required}
        onChange={(required) => onChange({ ...one, required })}
      />
    </div>
  );
}

/** Options as they are typed; what they come to is read from the text. */
function Options({ one, isBad, onChange }: { one: Asked; isBad: boolean; onChange: (one: Asked) => void }) {
  const t = useT("labels");
  const [text, setText] = useState(one.options.join(", "));
  return (
    <TextField
      label={t("attributeOptions")}
      hint={t("attributeOptionsHint")}
      value={text}
      error={isBad ? t("attributeNoOptions") : undefined}
      onChange={(next) => {
        setText(next);
        const options = optionsOf(next);
        onChange({ ...one, options, default: options.includes(one.default) ? one.default : "" });
      }}
    />
  );
}
