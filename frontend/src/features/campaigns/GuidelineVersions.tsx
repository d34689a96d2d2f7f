import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { guidelineQuery, guidelineVersionsQuery } from "@/api/guidelines";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Badge, Button, DataTable, Panel, Row, Stack, Time } from "@/ui";
import styles from "./guideline.module.css";
import { lineDiff } from "./lineDiff";

interface GuidelineVersionsProps {
  campaign: string;
  newest: number;
  /** What is written and not saved, where something is. */
  draft: string | null;
  onRestore: ((text: string) => void) | null;
}

/** Who changed the guideline when; one of them beside the text of now. */
export function GuidelineVersions({ campaign, newest, draft, onRestore }: GuidelineVersionsProps) {
  const t = useT("guidelines");
  const versions = useQuery(guidelineVersionsQuery(campaign)).data?.results ?? [];
  const [shown, setShown] = useState<number | null>(null);
  return (
    <Stack>
      <Panel title={t("versions")} flush>
        <DataTable
          label={t("versions")}
          rows={versions}
          rowKey={(row) => String(row.number)}
          columns={[
            {
              key: "number",
              header: t("version"),
              cell: ({ number }) => (
                <Row gap={8}>
                  <span className="num">{number}</span>
                  {number === newest ? <Badge tone="ok">{t("inForce")}</Badge> : null}
                </Row>
              ),
            },
            { key: "author", header: t("author"), grow: true, cell: (row) => row.author },
            { key: "at", header: t("writtenAt"), cell: (row) => <Time iso={row.written_at} /> },
            {
              key: "examples",
              header: t("exampleCount"),
              align: "right",
              cell: (row) => formatCount(row.examples),
            },
            {
              key: "show",
              header: "",
              align: "right",
              cell: ({ number }) => (
                <Button
                  size="sm"
                  variant="quiet"
                  aria-label={t("showVersion", { number })}
                  onClick={() => setShown(number)}
                >
                  {t("show")}
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      {shown === null ? null : (
        <Difference campaign={campaign} from={shown} newest={newest} draft={draft} onRestore={onRestore} />
      )}
    </Stack>
  );
}

interface DifferenceProps extends GuidelineVersionsProps {
  from: number;
}

function Difference({ campaign, from, newest, draft, onRestore }: DifferenceProps) {
  const t = useT("guidelines");
  const old = useQuery(guidelineQuery(campaign, from));
  const now = useQuery(guidelineQuery(campaign)).data?.text ?? "";
  const title = draft === null ? t("differences", { from, to: newest }) : t("toYours", { from });
  return (
    <Panel title={title}>
      <QueryState query={old} compact>
        {({ text }) => (
          <Stack gap={12}>
            <LineDiff before={text} after={draft ?? now} />
            {onRestore ? (
              <Row>
                <Button size="sm" onClick={() => onRestore(text)}>
                  {t("restore")}
                </Button>
              </Row>
            ) : null}
          </Stack>
        )}
      </QueryState>
    </Panel>
  );
}

function LineDiff({ before, after }: { before: string; after: string }) {
  const t = useT("guidelines");
  const lines = lineDiff(before, after);
  return (
    <>
      {before === after ? <p className="muted">{t("unchanged")}</p> : null}
      <div className={styles.diff}>
        {lines.map(({ kind, text }, at) => {
          const Line = kind === "gone" ? "del" : kind === "come" ? "ins" : "span";
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
          return <Line key={at}>{text}</Line>;
        })}
      </div>
    </>
  );
}
