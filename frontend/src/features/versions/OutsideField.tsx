import type { References } from "@/api/references";
import { useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { ChoiceCards } from "@/ui";

export type Outside = "copy" | "keep";

interface OutsideFieldProps {
  references: References;
  value: Outside;
  onChange: (value: Outside) => void;
}

/** What a new version does with files that lie in a bucket. */
export function OutsideField({ references, value, onChange }: OutsideFieldProps) {
  const t = useT("versions");
  const size = formatBytes(references.size_bytes);
  return (
    <ChoiceCards
      legend={t("outside")}
      name="outside"
      value={value}
      choices={[
        {
          value: "copy",
          title: t("outside_copy"),
          text: t("outside_copyText", { count: references.count, size }),
        },
        { value: "keep", title: t("outside_keep"), text: t("outside_keepText") },
      ]}
      onChange={onChange}
    />
  );
}
