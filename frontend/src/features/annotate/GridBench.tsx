import { IconArrowBackUp, IconArrowForwardUp, IconCornerDownLeft } from "@tabler/icons-react";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { classOf } from "@/annotator/tools/class";
import type { Campaign, LabelClass } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useHotkeys } from "@/hotkeys/scope";
import { useLanguage, useT } from "@/i18n";
import { Button, cx, Dialog, IconButton, LinkButton, SegmentedField, Swatch, toast } from "@/ui";
import annotate from "./annotate.module.css";
import { classKeys } from "./classKeys";
import { SIZES } from "./GridPage";
import { GuidelinePanel } from "./GuidelinePanel";
import styles from "./grid.module.css";
import type { GridQueue, Tile } from "./gridQueue";
import { after, meant, moved, pressed, START } from "./picking";
import { ClassList } from "./SidePanel";
import { StatusLine } from "./StatusLine";
import { BackLink } from "./Strip";
import { classNameOf } from "./useStyle";

export interface GridBenchProps {
  queue: GridQueue;
  campaign: Campaign;
  classes: readonly LabelClass[];
  size: number;
  onSize: (size: number) => void;
}

/** A page of pictures, the classes beside it, and the keys that give them. */
export function GridBench({ queue, campaign, classes, size, onSize }: GridBenchProps) {
  const t = useT("grid");
  const { tiles } = queue;
  const [picking, setPicking] = useState(START);
  const [looking, setLooking] = useState<Tile | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const cursor = Math.min(picking.cursor, tiles.length - 1);
  useTold(queue);
  useEffect(() => {
    grid.current?.querySelector(`[data-place="${cursor}"]`)?.scrollIntoView({ block: "nearest" });
  }, [cursor]);

  const choose = (label: string | undefined) => {
    if (!label) return;
    queue.classify(
      meant({ ...picking, cursor }, tiles.length),
      label,
      (one) => classes.find(({ id }) => id === one)?.attributes ?? [],
    );
    setPicking(after({ ...picking, cursor }, tiles.length));
    // A class that was pressed lets go of the keyboard: Enter hands in, it does not press it again.
    grid.current?.focus({ preventScroll: true });
  };
  const submit = () => {
    setPicking(START);
    grid.current?.scrollTo({ top: 0 });
    queue.submitPage().catch((error: unknown) => toast(errorText(error), { tone: "bad" }));
  };
  const move = (by: number, extend = false) =>
    setPicking(moved({ ...picking, cursor }, by, tiles.length, extend));
  const columns = () => columnsOf(grid.current);
  useHotkeys("grid", {
    ...classKeys(classes, choose),
    findClass: () => search.current?.focus(),
    submit,
    undo: () => queue.undo(),
    redo: () => queue.redo(),
    tileLeft: () => move(-1),
    tileRight: () => move(1),
    tileUp: () => move(-columns()),
    tileDown: () => move(columns()),
    pickLeft: () => move(-1, true),
    pickRight: () => move(1, true),
    pickUp: () => move(-columns(), true),
    pickDown: () => move(columns(), true),
    selectAll: () => setPicking({ cursor, anchor: 0, chosen: new Set(tiles.keys()) }),
    pickNone: () => setPicking({ cursor, anchor: cursor, chosen: new Set() }),
    look: () => setLooking(tiles[cursor] ?? null),
  });
  const press = (event: MouseEvent, at: number) =>
    setPicking(
      pressed({ ...picking, cursor }, at, { extend: event.shiftKey, toggle: event.ctrlKey || event.metaKey }),
    );
  return (
    <div className={annotate.frame} data-grid>
      <GridStrip queue={queue} campaign={campaign} size={size} onSize={onSize} onSubmit={submit} />
      <div
        ref={grid}
        role="listbox"
        aria-multiselectable
        aria-label={t("pictures")}
        tabIndex={0}
        aria-activedescendant={`tile-${tiles[cursor]?.item.id}`}
        className={styles.grid}
        data-size={size}
      >
        {tiles.map((tile, at) => (
          <TileView
            key={tile.item.id}
            tile={tile}
            at={at}
            classes={classes}
            isCursor={at === cursor}
            isChosen={picking.chosen.has(at)}
            onPress={(event) => press(event, at)}
            onLook={() => setLooking(tile)}
            onSettle={(choice) => queue.resolve(tile, choice)}
          />
        ))}
      </div>
      <aside className={annotate.side}>
        <ClassList classes={classes} chosen={[]} onChoose={choose} searchRef={search} big />
        {campaign.guideline_number > 0 ? <GuidelinePanel campaign={campaign} /> : null}
        <p className={styles.hint}>{t("hint")}</p>
      </aside>
      <Dialog
        open={looking !== null}
        onClose={() => setLooking(null)}
        title={looking?.item.sample.name}
        size="xl"
      >
        {looking ? (
          <img className={styles.large} src={looking.item.sample.media_url} alt={looking.item.sample.name} />
        ) : null}
      </Dialog>
    </div>
  );
}

type StripProps = Omit<GridBenchProps, "classes"> & { onSubmit: () => void };

function GridStrip({ queue, campaign, size, onSize, onSubmit }: StripProps) {
  const t = useT("grid");
  const words = useT("annotate");
  const { labeled, pending } = queue;
  const status =
    pending > 0
      ? ({ kind: "saving", changes: pending } as const)
      : ({ kind: "saved", reason: null } as const);
  return (
    <header className={annotate.strip}>
      <BackLink campaign={campaign} />
      <h1 className="ellipsis">{campaign.name}</h1>
      <span className="muted small num">{words("left", { count: queue.remaining })}</span>
      <span className={annotate.divider} />
      <StatusLine status={status} pendingElsewhere={0} />
      <span className={annotate.spacer} />
      <SegmentedField
        label={t("size")}
        value={String(size)}
        options={SIZES.map((one) => ({ value: String(one), label: String(one) }))}
        onChange={(value) => onSize(Number(value))}
      />
      <IconButton label={words("undo")} disabled={!queue.canUndo} onClick={() => queue.undo()}>
        <IconArrowBackUp size={18} stroke={1.6} />
      </IconButton>
      <IconButton label={words("redo")} disabled={!queue.canRedo} onClick={() => queue.redo()}>
        <IconArrowForwardUp size={18} stroke={1.6} />
      </IconButton>
      <span className={annotate.divider} />
      <LinkButton
        activeOptions={{ exact: true }}
        to="/p/$project/annotate/$campaign"
        params={{ project: campaign.project, campaign: campaign.id }}
      >
        {t("oneByOne")}
      </LinkButton>
      <Button
        variant="primary"
        trailing={<IconCornerDownLeft size={16} aria-hidden />}
        disabled={labeled === 0}
        onClick={onSubmit}
      >
        {t("submit", { count: labeled })}
      </Button>
    </header>
  );
}

interface TileProps {
  tile: Tile;
  at: number;
  classes: readonly LabelClass[];
  isCursor: boolean;
  isChosen: boolean;
  onPress: (event: MouseEvent) => void;
  onLook: () => void;
  onSettle: (choice: "mine" | "theirs") => void;
}

function TileView({ tile, at, classes, isCursor, isChosen, onPress, onLook, onSettle }: TileProps) {
  const t = useT("grid");
  const words = useT("annotate");
  const language = useLanguage();
  const { item, session } = tile;
  const one = classes.find(({ id }) => id === classOf(session.shapes));
  const name = one ? classNameOf(one, language) : t("none");
  const { review } = item.annotation;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the page's keys move the cursor and pick
    <div
      id={`tile-${item.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-label={t("tile", { number: at + 1, name: item.sample.name, label: name })}
      className={cx(styles.tile, isCursor && styles.cursor, isChosen && styles.chosen)}
      data-place={at}
      data-tile={item.id}
      onClick={onPress}
      onDoubleClick={onLook}
    >
      <img src={item.sample.thumb_url ?? item.sample.media_url} alt="" draggable={false} />
      <span className={cx(styles.caption, !one && styles.none)}>
        {one ? <Swatch color={one.color} size={10} /> : null}
        <span className="ellipsis">{name}</span>
      </span>
      {review?.verdict === "reject" ? (
        <span className={styles.sentBack} title={review.reason}>
          {words("rejectedBefore", { reason: review.reason })}
        </span>
      ) : null}
      {session.status.kind === "conflict" ? (
        <span className={styles.conflict}>
          <span>{words("statusConflict")}</span>
          <Button onClick={() => onSettle("mine")}>{words("keepMine")}</Button>
          <Button onClick={() => onSettle("theirs")}>{words("keepTheirs")}</Button>
        </span>
      ) : null}
    </div>
  );
}

/** How many tiles stand beside one another. */
function columnsOf(grid: HTMLElement | null): number {
  return grid ? getComputedStyle(grid).gridTemplateColumns.split(" ").length : 1;
}

/** What came back and what the device had kept is said once. */
function useTold(queue: GridQueue): void {
  const t = useT("annotate");
  const { returned, restored } = queue;
  useEffect(() => {
    if (returned) toast(returned, { tone: "bad" });
    queue.returned = null;
  }, [returned, queue]);
  useEffect(() => {
    if (restored > 0) toast(t("restored", { count: restored }), { durationMs: 8_000 });
    queue.restored = 0;
  }, [restored, queue, t]);
}
