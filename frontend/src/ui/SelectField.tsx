import { Select } from "@mantine/core";
import styles from "./Field.module.css";
import { type FieldBase, fieldClasses, wording } from "./fieldBase";

export interface Option<V extends string = string> {
  value: V;
  label: string;
  disabled?: boolean;
}

export interface SelectFieldProps<V extends string> extends FieldBase {
  value: V | null;
  onChange: (value: V | null) => void;
  options: readonly Option<V>[];
  placeholder?: string;
  searchable?: boolean;
  clearable?: boolean;
  empty?: string;
}

/** One of a list. */
export function SelectField<V extends string>({
  value,
  onChange,
  options,
  placeholder,
  searchable,
  clearable,
  empty,
  ...rest
}: SelectFieldProps<V>) {
  return (
    <Select<V>
      {...wording(rest)}
      value={value}
      data={[...options]}
      placeholder={placeholder}
      searchable={searchable ?? false}
      clearable={clearable ?? false}
      allowDeselect={clearable ?? false}
      nothingFoundMessage={empty}
      checkIconPosition="right"
      comboboxProps={{ transitionProps: { duration: 0 }, withinPortal: false, floatingStrategy: "fixed" }}
      classNames={{ ...fieldClasses, dropdown: styles.dropdown ?? "", option: styles.option ?? "" }}
      onChange={onChange}
    />
  );
}
