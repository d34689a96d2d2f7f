import type { JsonSchema } from "@/api/training";
import { language, lookup } from "@/i18n";
import { NumberField, SelectField, SliderField, SwitchField, TextareaField, TextField } from "@/ui";
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
/** So are ranges of fractions that span more than these powers of ten: a slider has one step for all of them. */
const MOST_DECADES = 2;

/** The field of one parameter, by its JSON Schema; an operator may have words of its own for it. */
export function ParamField({ words, op, name, rule, value, params = {}, error, onChange }: ParamProps) {
  const said = (key: string, rest: string) =>
    lookup(words, `${key}_${op}_${rest}`) ?? lookup(words, `${key}_${rest}`);
  const label = said("param", name) ?? rule.title ?? name;
  const hint = said("paramText", name) ?? (language() === "en" ? rule.description : "");
  const shared = { label, hint, error, onChange };
  if (rule.type === "boolean") return <SwitchField {...shared} checked={value === true} />;
  // A choice of rows is made in the table; here it can be read and mended.
  if (rule.format === "rows") return <Typed {...shared} value={value} hasLines />;
  if (rule.type === "array" || (rule.format && rule.format !== "lines")) {
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
  if (rule.type === "string") return <Typed {...shared} value={value} hasLines={rule.format === "lines"} />;
  return <NumberParam {...shared} rule={rule} value={value} />;
}

interface NumberParamProps {
  label: string;
  hint: string | undefined;
  error: string | undefined;
  rule: JsonSchema;
  value: unknown;
  onChange: (value: number) => void;
}

/** Pulled or typed, as suits the range. */
function NumberParam({ rule, value, onChange, ...shared }: NumberParamProps) {
  const { minimum: low = 0, maximum: high = 1 } = rule;
  const number = typeof value === "number" ? value : low;
  const isWhole = rule.type === "integer";
  if (high - low > MOST_ON_A_SLIDER || (!isWhole && low > 0 && high / low > 10 ** MOST_DECADES)) {
    const take = (typed: number | null) => {
      // Half a number is no value yet: `8` on the way to `800`. The field itself keeps to the range when it is left.
      if (typed !== null && typed >= low && typed <= high) onChange(isWhole ? Math.round(typed) : typed);
    };
    const step = isWhole || number <= 0 ? 1 : 10 ** Math.floor(Math.log10(number));
    return <NumberField {...shared} value={number} min={low} max={high} step={step} onChange={take} />;
  }
  return (
    <SliderField
      {...shared}
      onChange={onChange}
      value={number}
      min={low}
      max={high}
      step={isWhole ? 1 : stepOf(high - low)}
    />
  );
}

interface TypedProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  value: unknown;
  hasLines: boolean;
  onChange: (value: unknown) => void;
}

function Typed({ value, hasLines, ...field }: TypedProps) {
  const text = typeof value === "string" ? value : "";
  return hasLines ? (
    <TextareaField {...field} value={text} rows={3} />
  ) : (
    <TextField {...field} value={text} mono />
  );
}

/** A hundredth or so of the range, as a round number. */
function stepOf(range: number): number {
  return 10 ** Math.floor(Math.log10(range / 50));
}
