import type { Stuck } from "@/api/browse";
import { useT } from "@/i18n";
import { Button } from "@/ui";

interface UndoEditProps {
  label: string;
  edit: { undoable: boolean; stuck: Stuck };
  onUndo: () => void;
}

/** The way back of a change while there is one, and afterwards why there is none. */
export function UndoEdit({ label, edit: { undoable, stuck }, onUndo }: UndoEditProps) {
  const t = useT("changes");
  if (undoable) return <Button onClick={onUndo}>{label}</Button>;
  return stuck ? <p className="muted small">{t(`stuck_${stuck}`)}</p> : null;
}
