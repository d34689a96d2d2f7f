import type { JsonSchema } from "@/api/training";
import { language, lookup } from "@/i18n";
import { NumberField, SelectField, SliderField, SwitchField, TextField } from "@/ui";
import { NamedField } from "./NamedField";
import type { StepWords } from "./steps";

interface ParamProps {
  words: StepWords;
  op: string;
  name: string;
  rule: JsonSchema;
  value: unknown;
  /** All parameters of the step. */
  params?: Readonly<Record<string, unknown>>;
  error?: string | undefined;
  onChange: (value: unknown) => void;
}

/** Ranges up to here are pulled, wider ones typed. */
const MOST_ON_A_SLIDER = 1_000;

/** The field of one parameter, by its JSON Schema; an operator may have words of its own for it. */
export function ParamField({ words, op, name, rule, value, params = {}, error, onChange }: ParamProps) {
  const said = (key: string, rest: string) =>
    lookup(words, `${key}_${op}_${rest}`) ?? lookup(words, `${key}_${rest}`);
  const label = said("param", name) ?? rule.title ?? name;
  const hint = said("paramText", name) ?? (language() === "en" ? rule.description : "");
  const shared = { label, hint, error, onChange };
  if (rule.type === "boolean") return <SwitchField {...shared} checked={value === true} />;
  if (rule.type === "array" || rule.format) {
    const choiceText = (choice: string) => said("choice", `${name}_${choice}`) ?? choice;
    return <NamedField {...shared} rule={rule} params={params} value={value} choiceText={choiceText} />;
  }
  if (rule.enum) {
    const options = rule.enum.map((choice) => ({
      value: String(choice),
      label: said("choice", `${name}_${choice}`) ?? String(choice),
    }));
    return <SelectField {...shared} value={String(value)} options={options} />;
  }
  if (rule.type === "string") {
    return <TextField {...shared} value={typeof value === "string" ? value : ""} mono />;
  }
  const { minimum: low = 0, maximum: high = 1 } = rule;
  const number = typeof value === "number" ? value : low;
  if (high - low > MOST_ON_A_SLIDER) {
    return (
      <NumberField
        {...shared}
        value={number}
        min={low}
        max={high}
        onChange={(typed) => onChange(Math.round(Math.min(Math.max(typed ?? low, low), high)))}
      />
    );
  }
  return (
    <SliderField
      {...shared}
      value={number}
      min={low}
      max={high}
      step={rule.type === "integer" ? 1 : stepOf(high - low)}
    />
  );
}

/** A hundredth or so of the range, as a round number. */
function stepOf(range: number): number {
  return 10 ** Math.floor(Math.log10(range / 50));
}
