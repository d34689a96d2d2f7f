import type { UseQueryResult } from "@tanstack/react-query";
import type { Storage } from "@/api/bin";
import { QueryState } from "@/app/QueryState";
import { lookup, useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { Panel, Stack, Stat, StatRow } from "@/ui";

/** How many bytes the project keeps, by what. */
export function StoragePanel({ query }: { query: UseQueryResult<Storage> }) {
  const t = useT("bin");
  return (
    <Panel title={t("storage")}>
      <Stack gap={8}>
        <QueryState query={query} compact>
          {(storage) => (
            <>
              <StatRow>
                <Stat label={t("total")} value={formatBytes(storage.total_bytes)} />
                {Object.entries(storage.parts).map(([part, bytes]) => (
                  <Stat key={part} label={lookup("bin", `part_${part}`) ?? part} value={formatBytes(bytes)} />
                ))}
              </StatRow>
              {storage.outside_bytes > 0 ? (
                <p>{t("outside", { size: formatBytes(storage.outside_bytes) })}</p>
              ) : null}
            </>
          )}
        </QueryState>
        <p className="muted small">{t("storageText")}</p>
      </Stack>
    </Panel>
  );
}
