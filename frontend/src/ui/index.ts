export { type Bar, Bars, Histogram, TwoHistograms } from "./Bars";
export {
  AnchorButton,
  Button,
  type ButtonProps,
  type ButtonVariant,
  buttonClass,
  IconButton,
} from "./Button";
export { type Choice, ChoiceCards } from "./ChoiceCards";
export { CodeBlock, CopyButton } from "./Code";
export { ConfusionMatrix } from "./ConfusionMatrix";
export { cx } from "./cx";
export { ConfirmDialog, Dialog, Drawer } from "./Dialog";
export { Avatar, Badge, Facts, Kbd, Progress, Stat, StatRow, Swatch, Tag, Time, type Tone } from "./Display";
export { Dropzone } from "./Dropzone";
export { FilesDrop } from "./FilesDrop";
export {
  Breadcrumb,
  Cards,
  Page,
  PageHeader,
  type PageHeaderProps,
  Panel,
  Row,
  Split,
  Stack,
} from "./Layout";
export { LinkButton } from "./LinkButton";
export { Menu, type MenuEntry } from "./Menu";
export { NumberField } from "./NumberField";
export { Popover } from "./Popover";
export type { PathFile } from "./pathFiles";
export { SegmentedField } from "./Segmented";
export { type Option, SelectField } from "./SelectField";
export { SliderField } from "./SliderField";
export { EmptyState, ErrorState, PageSkeleton, Skeleton } from "./states";
export { type Column, DataTable } from "./Table";
export { Tabs } from "./Tabs";
export { TagsField } from "./TagsField";
export { PasswordField, TextareaField, TextField } from "./TextField";
export { Toaster, toast } from "./Toast";
export { CheckboxField, SwitchField } from "./ToggleField";
export { Tooltip } from "./Tooltip";
