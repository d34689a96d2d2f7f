import { type FormEvent, useState } from "react";
import { renameColumn, type TableColumn } from "@/api/tables";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, Dialog, TextField } from "@/ui";

/** Another name for a column; later files are matched by it. */
export function RenameDialog({
  dataset,
  column,
  onClose,
}: {
  dataset: string;
  column: TableColumn;
  onClose: () => void;
}) {
  const t = useT("tables");
  const ui = useT("ui");
  const [name, setName] = useState(column.name);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act(() => renameColumn(dataset, column.index, name.trim()))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("renameTitle")}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{ui("cancel")}</Button>
          <Button type="submit" form="table-rename" variant="primary" disabled={name.trim() === ""}>
            {t("apply")}
          </Button>
        </>
      }
    >
      <form id="table-rename" onSubmit={submit}>
        <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      </form>
    </Dialog>
  );
}
