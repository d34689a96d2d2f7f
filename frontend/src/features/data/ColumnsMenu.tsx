import { IconColumns3 } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "@/i18n";
import { Button, CheckboxField, Popover, Stack } from "@/ui";
import { COLUMNS, columnsOf, columnsText } from "./columns";
import { useDataSearch } from "./search";

/** Which columns the table shows. */
export function ColumnsMenu() {
  const t = useT("data");
  const [search, change] = useDataSearch();
  const [isOpen, setIsOpen] = useState(false);
  const shown = columnsOf(search.columns);
  return (
    <Popover
      open={isOpen}
      onChange={setIsOpen}
      label={t("columns")}
      width={220}
      target={<Button icon={<IconColumns3 size={16} />}>{t("columns")}</Button>}
    >
      <Stack gap={8}>
        {COLUMNS.map((key) => (
          <CheckboxField
            key={key}
            label={t(`column_${key}`)}
            checked={shown.includes(key)}
            disabled={key === "name"}
            onChange={(on) => {
              const next = on ? [...shown, key] : shown.filter((one) => one !== key);
              change({ columns: columnsText(next) }, true);
            }}
          />
        ))}
      </Stack>
    </Popover>
  );
}
