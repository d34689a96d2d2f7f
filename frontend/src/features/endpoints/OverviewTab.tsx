import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Endpoint } from "@/api/endpoints";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { CodeBlock, CopyButton, Facts, Panel, Row, SegmentedField, Split, Stack, Time } from "@/ui";
import styles from "./endpoints.module.css";
import { useVersionName } from "./versionNames";

const LANGUAGES = ["curl", "python", "javascript"] as const;
type ProgramLanguage = (typeof LANGUAGES)[number];

/** The address, code to copy, and what answers. */
export function OverviewTab({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  const [language, setLanguage] = useState<ProgramLanguage>("curl");
  return (
    <Split side={<State endpoint={endpoint} />}>
      <Panel title={t("url")}>
        <Row justify="between" wrap>
          <code>{endpoint.url}</code>
          <CopyButton text={endpoint.url} />
        </Row>
      </Panel>
      <Panel
        title={t("call")}
        actions={
          <SegmentedField
            label={t("call")}
            value={language}
            options={LANGUAGES.map((value) => ({ value, label: t(`code_${value}`) }))}
            onChange={setLanguage}
          />
        }
      >
        <Stack gap={8}>
          <CodeBlock label={t(`code_${language}`)} code={endpoint.example[language]} />
          <p className={styles.hint}>
            {t("codeHint")}{" "}
            <Link to="/endpoints/$endpoint" params={{ endpoint: endpoint.id }} search={{ tab: "keys" }}>
              {t("keys")}
            </Link>
          </p>
        </Stack>
      </Panel>
    </Split>
  );
}

function State({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  const total = endpoint.routes.reduce((sum, route) => sum + route.weight, 0) || 1;
  const rows = [
    ...endpoint.routes.map((route) => ({
      key: route.model_version,
      label: t("answersWith"),
      value: (
        <RouteText
          id={route.model_version}
          share={endpoint.routes.length > 1 ? route.weight / total : null}
        />
      ),
    })),
    { key: "revision", label: t("revision"), value: String(endpoint.revision) },
    { key: "changed", label: t("changed"), value: <Time iso={endpoint.updated_at ?? endpoint.created_at} /> },
  ];
  return (
    <Panel title={t("overview")}>
      <Facts rows={rows} />
    </Panel>
  );
}

function RouteText({ id, share }: { id: string; share: number | null }) {
  const t = useT("endpoints");
  const name = useVersionName(id);
  return (
    <>
      {name}
      {share === null ? null : (
        <span className="muted small"> {t("share", { percent: formatPercent(share, 0) })}</span>
      )}
    </>
  );
}
