import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { CardGap, CardSource, DataCard } from "@/api/cards";
import { useProjectId } from "@/app/inProject";
import { findingText, wordKey } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatCount, formatDateTime } from "@/i18n/format";
import { Badge, Facts, Stack, Time, type Tone } from "@/ui";
import { CardOutside } from "./CardOutside";
import { classesText } from "./unseen";

const TONE = { error: "bad", warning: "warn", info: "info" } as const satisfies Record<
  CardGap["severity"],
  Tone
>;

/** What a card says by itself: what brought samples, and what was known to be wrong when it was frozen. */
export function CardFacts({ card }: { card: DataCard }) {
  const t = useT("versions");
  const rest = card.sources_count - card.sources.length;
  const sources = (
    <Stack gap={4}>
      {card.sources.length > 0
        ? card.sources.map((source) => (
            <Source key={`${source.name} ${source.at}`} source={source} modality={card.modality} />
          ))
        : "–"}
      {rest > 0 ? <div className="muted">{t("cardMore", { count: rest })}</div> : null}
    </Stack>
  );
  // What was found in other data than was frozen stands apart, below a word on that.
  const isOld = ({ checked_at: at }: CardGap) => at !== null && at <= (card.checked_at ?? "");
  const old = card.changed_since ? card.gaps.filter(isOld) : [];
  const found = card.gaps.filter((gap) => !old.includes(gap));
  return (
    <Facts
      rows={[
        { key: "sources", label: t("cardSources"), value: sources },
        ...(card.outside.kept || card.outside.copied
          ? [{ key: "outside", label: t("cardBytes"), value: <CardOutside card={card} /> }]
          : []),
        {
          key: "gaps",
          label: t("cardFound"),
          value: (
            <Gaps gaps={found} card={card}>
              {card.changed_since && card.checked_at ? <Old since={card.checked_at} /> : null}
            </Gaps>
          ),
        },
        ...(old.length > 0
          ? [{ key: "old", label: t("cardFoundBefore"), value: <Gaps gaps={old} card={card} /> }]
          : []),
        ...(card.checked_at
          ? [{ key: "checked", label: t("cardChecked"), value: <Time iso={card.checked_at} /> }]
          : []),
      ]}
    />
  );
}

function Gaps({ gaps, card, children }: { gaps: readonly CardGap[]; card: DataCard; children?: ReactNode }) {
  return (
    <Stack gap={4}>
      {children}
      {gaps.map((gap) => (
        <Gap key={`${gap.code} ${gap.checked_at ?? ""}`} gap={gap} card={card} />
      ))}
      {gaps.length === 0 && !children ? "–" : null}
    </Stack>
  );
}

function Old({ since }: { since: string }) {
  const t = useT("versions");
  const d = useT("data");
  return (
    <div>
      <Badge tone="warn">{d("severity_warning")}</Badge> {t("cardOld", { when: formatDateTime(since) })}
    </div>
  );
}

function Source({ source, modality }: { source: CardSource; modality: string }) {
  const t = useT("versions");
  useT("imports");
  const project = useProjectId();
  const { kind, name, number, version, format, samples, at, by } = source;
  const formatName =
    lookup("imports", wordKey(modality, `format_${format}`)) ??
    lookup("imports", `format_${format}`) ??
    format;
  return (
    <div>
      <span className="muted">{t(`cardSource_${kind}`)}</span>{" "}
      {version !== null && number !== null ? (
        <Link to="/p/$project/versions/$version" params={{ project, version }}>
          {t("cardSourceVersion", { name, number })}
        </Link>
      ) : (
        name
      )}{" "}
      <span className="muted">
        {formatName ? <>· {formatName} </> : null}· {formatCount(samples)} · {t("cardSourceBy", { who: by })}{" "}
        · <Time iso={at} />
      </span>
    </div>
  );
}

const SENTENCES = {
  not_checked: "cardNotChecked",
  checks_not_noted: "cardNotNoted",
  imported_since_checks: "cardImportedSince",
  class_not_in_training: "cardNotInTraining",
  class_not_in_test: "cardNotInTest",
} as const;

/** One that was found at another time than the others, in the vectors, says when. */
function Gap({ gap, card }: { gap: CardGap; card: DataCard }) {
  const t = useT("versions");
  const d = useT("data");
  const { code, severity, count, checked_at: at, classes } = gap;
  const said =
    code in SENTENCES
      ? t(SENTENCES[code as keyof typeof SENTENCES], { count, classes: classesText(classes) })
      : `${findingText(card.modality, code)} (${formatCount(count)})`;
  return (
    <div>
      <Badge tone={TONE[severity]}>{d(`severity_${severity}`)}</Badge> {said}
      {at && at !== card.checked_at ? (
        <span className="muted">
          {" · "}
          <Time iso={at} />
        </span>
      ) : null}
    </div>
  );
}
