import { IconDownload } from "@tabler/icons-react";
import type { ModelVersion } from "@/api/models";
import { useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { AnchorButton, Panel, Stack } from "@/ui";

/** The version as one file to take away. */
export function ExportPanel({ version }: { version: ModelVersion }) {
  const t = useT("models");
  return (
    <Panel title={t("export")}>
      <Stack gap={12}>
        <p className="muted small">{t("exportText")}</p>
        <AnchorButton href={version.download_url} download icon={<IconDownload size={16} />}>
          {t("download")} · {formatBytes(version.size_bytes)}
        </AnchorButton>
      </Stack>
    </Panel>
  );
}
