import type { KeyboardEvent, Ref } from "react";
import { useT } from "@/i18n";
import { TextField } from "@/ui";

interface FindClassProps {
  value: string;
  onChange: (value: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  ref: Ref<HTMLInputElement>;
}

/** The field that finds a class among many. */
export function FindClass(props: FindClassProps) {
  const t = useT("annotate");
  return <TextField {...props} label={t("findClass")} hideLabel placeholder={`${t("findClass")} (/)`} />;
}
