import { IconArrowDown, IconArrowMerge, IconArrowUp, IconTrash } from "@tabler/icons-react";
import type { TaskType } from "@/api/types";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { IconButton, Row, SelectField, TextField } from "@/ui";
import { ClassMore } from "./ClassMore";
import type { MoveWay } from "./ClassMoveDialog";
import type { DraftClass } from "./draft";
import styles from "./labels.module.css";

export interface ClassTableProps {
  task: TaskType;
  drafts: readonly DraftClass[];
  canEdit: boolean;
  onChange: (drafts: readonly DraftClass[]) => void;
  /** What becomes of the marks of a class that is in use; not offered while changes are not saved. */
  onMarks: ((id: string, way: MoveWay) => void) | null;
}

const KEYS = Array.from({ length: 18 }, (_, slot) => String(slot + 1));

const capOf = (key: string) => (Number(key) <= 9 ? key : `⇧${Number(key) - 9}`);

/** One class a row, everything editable in place. */
export function ClassTable({ task, drafts, canEdit, onChange, onMarks }: ClassTableProps) {
  const t = useT("labels");
  const change = (at: number, changes: Partial<DraftClass>) =>
    onChange(drafts.map((draft, index) => (index === at ? { ...draft, ...changes } : draft)));
  const move = (at: number, by: number) => {
    const next = [...drafts];
    const [taken] = next.splice(at, 1);
    if (taken) next.splice(at + by, 0, taken);
    onChange(next);
  };
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("colorHead")}</th>
            <th className={styles.wide}>{t("name")}</th>
            <th className={styles.wide}>{t("nameZh")}</th>
            <th>{t("key")}</th>
            <th className={styles.widest}>{t("description")}</th>
            <th>{t("moreHead")}</th>
            <th className={styles.right}>{t("count")}</th>
            <th aria-label={t("moveUp", { name: "" })} />
          </tr>
        </thead>
        <tbody>
          {drafts.map((draft, at) => (
            <ClassRow
              key={draft.key_id}
              draft={draft}
              task={task}
              canEdit={canEdit}
              isFirst={at === 0}
              isLast={at === drafts.length - 1}
              takenKeys={new Set(drafts.filter((other) => other !== draft).map((other) => other.key))}
              onChange={(changes) => change(at, changes)}
              onMove={(by) => move(at, by)}
              onRemove={() => onChange(drafts.filter((other) => other !== draft))}
              onMarks={onMarks && draft.id ? (way) => onMarks(draft.id ?? "", way) : null}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ClassRowProps {
  task: TaskType;
  draft: DraftClass;
  canEdit: boolean;
  isFirst: boolean;
  isLast: boolean;
  takenKeys: ReadonlySet<string>;
  onChange: (changes: Partial<DraftClass>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  onMarks: ((way: MoveWay) => void) | null;
}

function ClassRow({
  task,
  draft,
  canEdit,
  isFirst,
  isLast,
  takenKeys,
  onChange,
  onMove,
  onRemove,
  onMarks,
}: ClassRowProps) {
  const t = useT("labels");
  const { name } = draft;
  const keys = KEYS.map((key) => ({ value: key, label: capOf(key), disabled: takenKeys.has(key) }));
  return (
    <tr>
      <td>
        <input
          type="color"
          className={styles.color}
          aria-label={t("color", { name })}
          value={draft.color.toLowerCase()}
          disabled={!canEdit}
          onChange={(event) => onChange({ color: event.currentTarget.value.toUpperCase() })}
        />
      </td>
      <td>
        <TextField
          label={t("name")}
          hideLabel
          value={name}
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
        <div className={styles.key}>
          <SelectField
            label={t("key")}
            hideLabel
            clearable
            placeholder={t("keyAuto")}
            value={KEYS.find((key) => key === draft.key) ?? null}
            options={keys}
            disabled={!canEdit}
            onChange={(key) => onChange({ key: key ?? "" })}
          />
        </div>
      </td>
      <td>
        <TextField
          label={t("description")}
          hideLabel
          placeholder={canEdit ? t("descriptionHint") : ""}
          value={draft.description}
          disabled={!canEdit}
          onChange={(value) => onChange({ description: value })}
        />
      </td>
      <td>
        <ClassMore task={task} draft={draft} canEdit={canEdit} onChange={onChange} />
      </td>
      <td className={`${styles.right} num muted`}>{formatCount(draft.count)}</td>
      <td>
        {canEdit ? (
          <Row gap={4}>
            <IconButton size="sm" label={t("moveUp", { name })} disabled={isFirst} onClick={() => onMove(-1)}>
              <IconArrowUp size={15} />
            </IconButton>
            <IconButton size="sm" label={t("moveDown", { name })} disabled={isLast} onClick={() => onMove(1)}>
              <IconArrowDown size={15} />
            </IconButton>
            <IconButton
              size="sm"
              label={onMarks ? t("marks", { name }) : t("marksSaveFirst")}
              disabled={!onMarks}
              onClick={() => onMarks?.("merge")}
            >
              <IconArrowMerge size={15} />
            </IconButton>
            <IconButton
              size="sm"
              label={draft.count > 0 && !onMarks ? t("marksSaveFirst") : t("remove", { name })}
              disabled={draft.count > 0 && !onMarks}
              onClick={() => (draft.count > 0 ? onMarks?.("delete") : onRemove())}
            >
              <IconTrash size={15} />
            </IconButton>
          </Row>
        ) : null}
      </td>
    </tr>
  );
}
