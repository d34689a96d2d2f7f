import { IconPlus, IconSettings, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "@/i18n";
import {
  AnchorButton,
  Badge,
  Button,
  ConfirmDialog,
  CopyButton,
  Dialog,
  Drawer,
  IconButton,
  Kbd,
  Menu,
  Panel,
  Popover,
  Row,
  Stack,
  Tag,
  Tooltip,
  toast,
} from "@/ui";

const TONES = ["neutral", "accent", "ok", "warn", "bad", "info"] as const;
const VARIANTS = ["primary", "default", "quiet", "danger"] as const;

/** Buttons, overlays, badges. Their words are those of the app, so that both languages are seen. */
export function ActionsSection() {
  const t = useT("app");
  const ui = useT("ui");
  const [shown, setShown] = useState<"dialog" | "drawer" | "confirm" | null>(null);
  const [open, setOpen] = useState(false);
  const close = () => setShown(null);
  return (
    <Panel title="Button · IconButton · Menu · Popover · Dialog · Drawer · Toast · Badge · Tag · Kbd · Tooltip">
      <Stack>
        {VARIANTS.map((variant) => (
          <Row key={variant} wrap>
            <Button variant={variant}>{t("reload")}</Button>
            <Button variant={variant} icon={<IconPlus size={16} />}>
              {t("reload")}
            </Button>
            <Button variant={variant} size="sm">
              {t("reload")}
            </Button>
            <Button variant={variant} size="lg">
              {t("reload")}
            </Button>
            <Button variant={variant} disabled>
              {t("reload")}
            </Button>
            <Button variant={variant} loading>
              {t("reload")}
            </Button>
          </Row>
        ))}
        <Row wrap>
          <IconButton label={t("settings")}>
            <IconSettings size={18} stroke={1.6} />
          </IconButton>
          <IconButton label={t("settings")} active>
            <IconSettings size={18} stroke={1.6} />
          </IconButton>
          <IconButton label={ui("dismiss")} variant="default">
            <IconTrash size={18} stroke={1.6} />
          </IconButton>
          <AnchorButton href="/">{t("goHome")}</AnchorButton>
          <CopyButton text="studio" />
          <Menu
            label={t("settings")}
            entries={[
              { key: "a", section: t("navProjects"), label: t("overview"), onSelect: () => undefined },
              { key: "b", label: t("data"), disabled: true, onSelect: () => undefined },
              {
                key: "c",
                section: null,
                danger: true,
                icon: <IconTrash size={16} />,
                label: t("jobCancel"),
                onSelect: () => undefined,
              },
            ]}
          >
            <Button>Menu</Button>
          </Menu>
          <Popover open={open} onChange={setOpen} label={t("jobs")} target={<Button>Popover</Button>}>
            {t("jobsNoneHint")}
          </Popover>
          <Button onClick={() => setShown("dialog")}>Dialog</Button>
          <Button onClick={() => setShown("drawer")}>Drawer</Button>
          <Button onClick={() => setShown("confirm")}>ConfirmDialog</Button>
          <Button onClick={() => toast(t("offlineHint"), { undo: () => undefined })}>Toast</Button>
          <Button onClick={() => toast(t("crashTitle"), { tone: "bad" })}>Toast (bad)</Button>
        </Row>
        <Row wrap>
          {TONES.map((tone) => (
            <Badge key={tone} tone={tone} dot>
              {tone}
            </Badge>
          ))}
          <Tag color="#F76707" kbd="2">
            {t("labels")}
          </Tag>
          <Tooltip label={t("navKeys")}>
            <span>
              <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
            </span>
          </Tooltip>
        </Row>
      </Stack>
      <Dialog
        open={shown === "dialog"}
        onClose={close}
        title={t("look")}
        footer={
          <Button variant="primary" onClick={close}>
            {ui("close")}
          </Button>
        }
      >
        {t("offlineHint")}
      </Dialog>
      <Drawer open={shown === "drawer"} onClose={close} title={t("jobs")}>
        {t("jobsNoneHint")}
      </Drawer>
      <ConfirmDialog
        open={shown === "confirm"}
        onClose={close}
        onConfirm={close}
        title={t("jobCancel")}
        confirm={t("jobCancel")}
      >
        {t("jobsNoneHint")}
      </ConfirmDialog>
    </Panel>
  );
}
