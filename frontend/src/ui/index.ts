export { type Bar, Bars, Histogram } from "./Bars";
export {
  AnchorButton,
  Button,
  type ButtonProps,
  type ButtonVariant,
  buttonClass,
  IconButton,
} from "./Button";
export { ChoiceCards, type Choice } from "./ChoiceCards";
export { CodeBlock, CopyButton } from "./Code";
export { ConfusionMatrix } from "./ConfusionMatrix";
export { cx } from "./cx";
export { ConfirmDialog, Dialog, Drawer } from "./Dialog";
export { Avatar, Badge, Facts, Kbd, Progress, Stat, StatRow, Swatch, Tag, Time, type Tone } from "./Display";
export { Dropzone } from "./Dropzone";
export {
  CheckboxField,
  NumberField,
  type Option,
  PasswordField,
  SelectField,
  SliderField,
  SwitchField,
  TextareaField,
  TextField,
} from "./Field";
export { Breadcrumb, Cards, Page, PageHeader, Panel, Row, Split, Stack } from "./Layout";
export { LinkButton } from "./LinkButton";
export { Menu, type MenuEntry } from "./Menu";
export { Popover } from "./Popover";
export { SegmentedField } from "./Segmented";
export { EmptyState, ErrorState, PageSkeleton, Skeleton } from "./states";
export { type Column, DataTable } from "./Table";
export { Tabs } from "./Tabs";
export { Toaster, toast } from "./Toast";
export { Tooltip } from "./Tooltip";
