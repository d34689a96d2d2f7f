import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useT } from "@/i18n";
import { Button, EmptyState, IconButton, Panel, SelectField, Swatch, TextField } from "@/ui";
import { CLASS_COLORS } from "@/ui/classColors";
import type { DraftClass } from "./draft";
import styles from "./labels.module.css";
import { type DraftRelation, newRelation } from "./relationDraft";

export interface RelationTableProps {
  drafts: readonly DraftRelation[];
  classes: readonly DraftClass[];
  canEdit: boolean;
  onChange: (drafts: readonly DraftRelation[]) => void;
}

/** What spans may be to one another: a type a row, with the classes it leads from and to. */
export function RelationTable({ drafts, classes, canEdit, onChange }: RelationTableProps) {
  const t = useT("labels");
  const add = canEdit ? (
    <Button icon={<IconPlus size={16} />} onClick={() => onChange([...drafts, newRelation()])}>
      {t("addRelation")}
    </Button>
  ) : null;
  const change = (key: string, changes: Partial<DraftRelation>) =>
    onChange(drafts.map((one) => (one.key_id === key ? { ...one, ...changes } : one)));
  return (
    <Panel title={t("relations")} actions={drafts.length > 0 ? add : null} flush>
      {drafts.length === 0 ? (
        <EmptyState compact title={t("relationsEmpty")} action={add}>
          {t("relationsHint")}
        </EmptyState>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table} aria-label={t("relations")}>
            <thead>
              <tr>
                <th>{t("colorHead")}</th>
                <th className={styles.wide}>{t("name")}</th>
                <th className={styles.wide}>{t("nameZh")}</th>
                <th>{t("relationFrom")}</th>
                <th>{t("relationTo")}</th>
                <th aria-label={t("removeRelationHead")} />
              </tr>
            </thead>
            <tbody>
              {drafts.map((draft, at) => (
                <RelationRow
                  key={draft.key_id}
                  {...{ draft, classes, canEdit }}
                  color={draft.color || (CLASS_COLORS[at % CLASS_COLORS.length] ?? "#868E96")}
                  onChange={(changes) => change(draft.key_id, changes)}
                  onRemove={() => onChange(drafts.filter(({ key_id }) => key_id !== draft.key_id))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

interface RelationRowProps {
  draft: DraftRelation;
  classes: readonly DraftClass[];
  canEdit: boolean;
  color: string;
  onChange: (changes: Partial<DraftRelation>) => void;
  onRemove: () => void;
}

function RelationRow({ draft, classes, canEdit, color, onChange, onRemove }: RelationRowProps) {
  const t = useT("labels");
  const name = draft.name || t("relationNew");
  return (
    <tr>
      <td>
        <input
          type="color"
          className={styles.color}
          aria-label={t("color", { name })}
          value={color.toLowerCase()}
          disabled={!canEdit}
          onChange={(event) => onChange({ color: event.currentTarget.value.toUpperCase() })}
        />
      </td>
      <td>
        <TextField
          label={t("name")}
          hideLabel
          value={draft.name}
          disabled={!canEdit}
          onChange={(value) => onChange({ name: value })}
        />
      </td>
      <td>
        <TextField
          label={t("nameZh")}
          hideLabel
          value={draft.name_zh}
          disabled={!canEdit}
          onChange={(value) => onChange({ name_zh: value })}
        />
      </td>
      <td>
        <Sides
          label={t("relationFromOf", { name })}
          {...{ classes, canEdit }}
          chosen={draft.from_classes}
          onChange={(from_classes) => onChange({ from_classes })}
        />
      </td>
      <td>
        <Sides
          label={t("relationToOf", { name })}
          {...{ classes, canEdit }}
          chosen={draft.to_classes}
          onChange={(to_classes) => onChange({ to_classes })}
        />
      </td>
      <td>
        {canEdit ? (
          <IconButton
            size="sm"
            label={draft.name ? t("removeRelation", { name }) : t("removeRelationNew")}
            onClick={onRemove}
          >
            <IconTrash size={15} />
          </IconButton>
        ) : null}
      </td>
    </tr>
  );
}

interface SidesProps {
  label: string;
  classes: readonly DraftClass[];
  chosen: readonly string[];
  canEdit: boolean;
  onChange: (chosen: readonly string[]) => void;
}

/** The classes of one side: chips that go by a press, and a list of those that can still be added. */
function Sides({ label, classes, chosen, canEdit, onChange }: SidesProps) {
  const t = useT("labels");
  const known = new Map(classes.map((one) => [one.key_id, one]));
  const others = classes.filter(({ key_id, name }) => name.trim() && !chosen.includes(key_id));
  return (
    <fieldset className={styles.sides} aria-label={label}>
      {chosen.map((key) => {
        const name = known.get(key)?.name ?? t("relationGone");
        return (
          <button
            key={key}
            type="button"
            className={styles.side}
            disabled={!canEdit}
            aria-label={t("relationWithout", { name })}
            onClick={() => onChange(chosen.filter((one) => one !== key))}
          >
            <Swatch color={known.get(key)?.color ?? "#868E96"} />
            <span className="ellipsis">{name}</span>
            {canEdit ? <span aria-hidden>×</span> : null}
          </button>
        );
      })}
      {canEdit && others.length > 0 ? (
        <SelectField
          label={label}
          hideLabel
          placeholder={chosen.length > 0 ? t("relationMore") : t("relationAny")}
          value={null}
          options={others.map(({ key_id, name }) => ({ value: key_id, label: name }))}
          onChange={(key) => key && onChange([...chosen, key])}
        />
      ) : chosen.length === 0 ? (
        <span className="muted small">{t("relationAny")}</span>
      ) : null}
    </fieldset>
  );
}
