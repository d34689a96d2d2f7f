export { type Bar, Bars, Histogram } from "./Bars";
export {
  AnchorButton,
  Button,
  type ButtonProps,
  type ButtonVariant,
  buttonClass,
  IconButton,
} from "./Button";
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
  SegmentedField,
  SelectField,
  SliderField,
  SwitchField,
  TextareaField,
  TextField,
} from "./Field";
export { Breadcrumb, Cards, Page, PageHeader, Panel, Row, Split, Stack } from "./Layout";
export { LinkButton } from "./LinkButton";
export { Menu, type MenuEntry, Popover } from "./Menu";
export { EmptyState, ErrorState, PageSkeleton, Skeleton } from "./states";
export { type Column, DataTable } from "./Table";
export { Tabs } from "./Tabs";
export { Toaster, toast } from "./Toast";
export { Tooltip } from "./Tooltip";
