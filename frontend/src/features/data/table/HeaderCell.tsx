import { IconArrowDown, IconArrowUp, IconChevronDown, IconTarget } from "@tabler/icons-react";
import type { CSSProperties } from "react";
import { chooseTarget, KINDS, type Kind, type TableColumn } from "@/api/tables";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { cx, Menu, type MenuEntry } from "@/ui";
import type { Asked } from "./TableView";
import styles from "./tables.module.css";
import type { View } from "./useView";

interface HeaderProps {
  dataset: string;
  column: TableColumn;
  position: number;
  isTarget: boolean;
  view: View;
  style: CSSProperties;
  onAsk: (asked: Asked) => void;
  onLook: (column: TableColumn) => void;
  onRetype: (column: TableColumn, kind: Kind) => void;
}

/** A column's name, kind and shape; the name sorts, the kind opens what else can be done. */
export function HeaderCell({ column, position, isTarget, view, style, onLook, ...rest }: HeaderProps) {
  const t = useT("tables");
  const sort = view.sort?.index === column.index ? view.sort : null;
  const next =
    sort === null ? { index: column.index, isDown: false } : sort.isDown ? null : { ...sort, isDown: true };
  const entries = useEntries({ column, isTarget, view, onLook, ...rest });
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the rows of a table are read, not operated
    <div
      role="columnheader"
      aria-colindex={position + 2}
      aria-sort={sort ? (sort.isDown ? "descending" : "ascending") : "none"}
      className={cx(styles.headCell, isTarget && styles.target)}
      style={style}
    >
      <button type="button" className={styles.name} title={column.name} onClick={() => view.setSort(next)}>
        {isTarget ? <IconTarget size={14} aria-label={t("target")} /> : null}
        <span>{column.name}</span>
        {sort ? (
          sort.isDown ? (
            <IconArrowDown size={14} aria-hidden />
          ) : (
            <IconArrowUp size={14} aria-hidden />
          )
        ) : null}
      </button>
      <div className={styles.kindRow}>
        <Menu entries={entries} label={column.name}>
          <button
            type="button"
            className={styles.kind}
            aria-label={t("columnMenu", { name: column.name, kind: t(`kind_${column.kind}`) })}
          >
            {t(`kind_${column.kind}`)}
            <IconChevronDown size={12} aria-hidden />
          </button>
        </Menu>
        <MissingShare column={column} />
      </div>
      <button
        type="button"
        className={styles.spark}
        aria-label={t("distribution", { name: column.name })}
        onClick={() => onLook(column)}
      >
        <Spark column={column} />
      </button>
    </div>
  );
}

function MissingShare({ column }: { column: TableColumn }) {
  const t = useT("tables");
  const { missing = 0, count = 0 } = column.statistics;
  if (missing === 0 || count === 0) return null;
  const share = missing / count;
  return (
    <span className="ellipsis" title={`${t("missingCount")}: ${missing}`}>
      {formatPercent(share, share < 0.01 ? 2 : 0)} {t("missing")}
    </span>
  );
}

function useEntries({
  dataset,
  column,
  isTarget,
  view,
  onAsk,
  onLook,
  onRetype,
}: Omit<HeaderProps, "position" | "style">): MenuEntry[] {
  const t = useT("tables");
  const mayCurate = useMay("curate_project");
  const { index } = column;
  const looking: MenuEntry[] = [
    { key: "up", label: t("sortUp"), onSelect: () => view.setSort({ index, isDown: false }) },
    { key: "down", label: t("sortDown"), onSelect: () => view.setSort({ index, isDown: true }) },
    ...(view.sort ? [{ key: "unsorted", label: t("unsorted"), onSelect: () => view.setSort(null) }] : []),
    { key: "filter", label: t("filter"), section: null, onSelect: () => onAsk({ what: "filter", column }) },
    { key: "details", label: t("details"), onSelect: () => onLook(column) },
  ];
  if (!mayCurate) return looking;
  const kinds = KINDS.filter((kind) => kind !== column.kind).map((kind, at) => ({
    key: kind,
    label: t(`kind_${kind}`),
    ...(at === 0 ? { section: t("readAs") } : {}),
    onSelect: () => onRetype(column, kind),
  }));
  return [
    ...looking,
    {
      key: "target",
      label: isTarget ? t("predictNot") : t("predictThis"),
      section: null,
      onSelect: () => void act(() => chooseTarget(dataset, isTarget ? null : index)),
    },
    { key: "rename", label: t("rename"), onSelect: () => onAsk({ what: "rename", column }) },
    ...kinds,
  ];
}

const SPARK_BARS = 20;

/** The column's shape in twenty bars: bins of numbers and dates, else the most frequent values. */
function Spark({ column }: { column: TableColumn }) {
  const bars = column.statistics.bins ?? column.statistics.top?.map((one) => one.count) ?? [];
  const top = Math.max(1, ...bars);
  const width = 100 / Math.max(bars.length, column.statistics.bins ? 1 : Math.min(SPARK_BARS, 8));
  return (
    <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 30">
      {bars.map((count, at) => {
        const height = count > 0 ? Math.max(1, (count / top) * 29) : 0;
        const x = at * width;
        return <rect key={x} x={x + width * 0.06} y={30 - height} width={width * 0.88} height={height} />;
      })}
    </svg>
  );
}
