import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { Example } from "@/api/guidelines";
import type { Campaign } from "@/api/types";
import { ExampleFields } from "@/app/guideline/ExampleFields";
import { ExampleView } from "@/app/guideline/ExampleView";
import { useT } from "@/i18n";
import { Badge, Button, IconButton, Panel, Row, Stack, TextareaField } from "@/ui";
import styles from "./guideline.module.css";
import type { GuidelineDraft } from "./useGuidelineDraft";

const ExamplePicker = lazy(() =>
  import("./ExamplePicker").then((module) => ({ default: module.ExamplePicker })),
);

interface GuidelineEditorProps {
  campaign: Campaign;
  newest: number;
  draft: GuidelineDraft;
}

/** Text and examples, saved together as the next version. */
export function GuidelineEditor({ campaign, newest, draft }: GuidelineEditorProps) {
  const t = useT("guidelines");
  const [adding, setAdding] = useState(false);
  const { text, examples, isChanged, isStale, isSaving } = draft;
  return (
    <Panel title={t("guideline")}>
      <Stack>
        <TextareaField
          label={t("text")}
          hint={t("textHint")}
          rows={12}
          value={text}
          onChange={(changed) => draft.set({ text: changed })}
        />
        <section className={styles.fields} aria-label={t("examples")}>
          <h3>{t("examples")}</h3>
          <p className="muted small">{examples.length === 0 ? t("examplesEmpty") : t("examplesHint")}</p>
          <ExampleRows campaign={campaign} draft={draft} />
          {campaign.may.review ? (
            <Row>
              <Button icon={<IconPlus size={16} />} onClick={() => setAdding(true)}>
                {t("addExample")}
              </Button>
            </Row>
          ) : null}
        </section>
        {isStale ? (
          <p role="alert">
            <Badge tone="warn" dot>
              {t("stale", { number: newest })}
            </Badge>
          </p>
        ) : null}
        <Row justify="end">
          <Button
            variant="primary"
            loading={isSaving}
            disabled={!isChanged}
            onClick={() => void draft.save(newest)}
          >
            {isStale ? t("overwrite") : t("save", { number: newest + 1 })}
          </Button>
        </Row>
      </Stack>
      <Suspense fallback={null}>
        {adding ? (
          <ExamplePicker
            campaign={campaign}
            onClose={() => setAdding(false)}
            onAdded={(now) => {
              setAdding(false);
              draft.added(now);
            }}
          />
        ) : null}
      </Suspense>
    </Panel>
  );
}

function ExampleRows({ campaign, draft }: { campaign: Campaign; draft: GuidelineDraft }) {
  const { examples } = draft;
  const put = (at: number, changes: Partial<Example>) =>
    draft.set({ examples: examples.map((one, n) => (n === at ? { ...one, ...changes } : one)) });
  const swap = (at: number, other: number) => {
    const [one, two] = [examples[at], examples[other]];
    if (!(one && two)) return;
    draft.set({ examples: examples.map((each, n) => (n === at ? two : n === other ? one : each)) });
  };
  return (
    <ul className={styles.rows}>
      {examples.map((example, at) => (
        <ExampleRow
          key={example.id}
          example={example}
          campaign={campaign}
          isFirst={at === 0}
          isLast={at === examples.length - 1}
          onChange={(changes) => put(at, changes)}
          onMove={(by) => swap(at, at + by)}
          onRemove={() => draft.set({ examples: examples.filter((_, n) => n !== at) })}
        />
      ))}
    </ul>
  );
}

interface ExampleRowProps {
  example: Example;
  campaign: Campaign;
  isFirst: boolean;
  isLast: boolean;
  onChange: (changes: Partial<Example>) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}

function ExampleRow({ example, campaign, isFirst, isLast, onChange, onMove, onRemove }: ExampleRowProps) {
  const t = useT("guidelines");
  const { name } = example.sample;
  return (
    <li className={styles.row}>
      <div className={styles.view}>
        <ExampleView example={example} classes={campaign.label_schema?.classes ?? []} />
      </div>
      <ExampleFields value={example} onChange={({ kind, note }) => onChange({ kind, note })} />
      <Row gap={4}>
        <IconButton size="sm" label={t("up", { name })} disabled={isFirst} onClick={() => onMove(-1)}>
          <IconArrowUp size={16} />
        </IconButton>
        <IconButton size="sm" label={t("down", { name })} disabled={isLast} onClick={() => onMove(1)}>
          <IconArrowDown size={16} />
        </IconButton>
        <IconButton size="sm" label={t("remove", { name })} onClick={onRemove}>
          <IconTrash size={16} />
        </IconButton>
      </Row>
    </li>
  );
}
