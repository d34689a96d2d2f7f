import type { ExampleKind } from "@/api/guidelines";
import { useT } from "@/i18n";
import { SegmentedField, Stack, TextField } from "@/ui";

export interface ExampleSaid {
  kind: ExampleKind;
  note: string;
}

interface ExampleFieldsProps {
  value: ExampleSaid;
  onChange: (value: ExampleSaid) => void;
}

export const MAX_NOTE = 300;

/** What an example is of, and why. */
export function ExampleFields({ value, onChange }: ExampleFieldsProps) {
  const t = useT("guidelines");
  return (
    <Stack gap={8}>
      <SegmentedField
        label={t("kind")}
        value={value.kind}
        options={[
          { value: "good", label: t("good") },
          { value: "bad", label: t("bad") },
        ]}
        onChange={(kind) => onChange({ ...value, kind })}
      />
      <TextField
        label={t("note")}
        value={value.note}
        placeholder={t("notePlaceholder")}
        onChange={(note) => onChange({ ...value, note: note.slice(0, MAX_NOTE) })}
      />
    </Stack>
  );
}
