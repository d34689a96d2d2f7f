import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { SliderField } from "@/ui";

interface ControlFieldProps {
  value: number;
  onChange: (value: number) => void;
}

/** Which share of the samples stays without pre-labels, to compare with. */
export function ControlField({ value, onChange }: ControlFieldProps) {
  const t = useT("campaigns");
  return (
    <SliderField
      label={t("prelabelControl")}
      hint={t("prelabelControlHint")}
      value={value}
      onChange={onChange}
      min={0}
      max={0.5}
      step={0.05}
      format={formatPercent}
    />
  );
}
