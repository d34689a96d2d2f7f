import { Link } from "@tanstack/react-router";
import type { CardGap, CardSource, DataCard } from "@/api/cards";
import { useProjectId } from "@/app/inProject";
import { findingText, wordKey } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Badge, Facts, Stack, Time, type Tone } from "@/ui";
import { CardOutside } from "./CardOutside";

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
  const gaps = (
    <Stack gap={4}>
      {card.gaps.length > 0
        ? card.gaps.map((gap) => <Gap key={`${gap.code} ${gap.checked_at ?? ""}`} gap={gap} card={card} />)
        : "–"}
    </Stack>
  );
  return (
    <Facts
      rows={[
        { key: "sources", label: t("cardSources"), value: sources },
        ...(card.outside.kept || card.outside.copied
          ? [{ key: "outside", label: t("cardBytes"), value: <CardOutside card={card} /> }]
          : []),
        { key: "gaps", label: t("cardFound"), value: gaps },
        ...(card.checked_at
          ? [{ key: "checked", label: t("cardChecked"), value: <Time iso={card.checked_at} /> }]
          : []),
      ]}
    />
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
} as const;

/** One that was found at another time than the others, in the vectors, says when. */
function Gap({ gap, card }: { gap: CardGap; card: DataCard }) {
  const t = useT("versions");
  const d = useT("data");
  const { code, severity, count, checked_at: at } = gap;
  const said =
    code in SENTENCES
      ? t(SENTENCES[code as keyof typeof SENTENCES], { count })
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
