import { regionsOf } from "@/annotator/sound/regions";
import { spansOf } from "@/annotator/text/spans";
import type { Example } from "@/api/guidelines";
import type { LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { ShapeMarks } from "@/app/ShapeMarks";
import { Stage } from "@/app/Stage";
import { RegionTrack } from "@/app/sound/RegionTrack";
import { RegionViewer } from "@/app/sound/RegionViewer";
import { SpannedText } from "@/app/text/SpannedText";
import { useLanguage, useT } from "@/i18n";
import { Row, Tag } from "@/ui";
import styles from "./guideline.module.css";

interface ExampleViewProps {
  example: Pick<Example, "sample" | "shapes">;
  classes: readonly LabelClass[];
  /** From the file itself, not from its small copy. */
  isLarge?: boolean;
}

const UNKNOWN = "#868E96";

/** A sample with the marks that it had: a picture, how a text begins, or a recording's spectrogram. */
export function ExampleView({ example, classes, isLarge = false }: ExampleViewProps) {
  const known = new Map(classes.map((one) => [one.id, one]));
  const isText = example.sample.media_type.startsWith("text/");
  const isMarked = example.shapes.some(({ kind }) => kind === "region");
  const Shown = isText ? Excerpt : isMarked ? Marked : Drawn;
  return (
    <div className={isLarge ? styles.large : undefined}>
      <Shown example={example} known={known} isLarge={isLarge} />
      <WholeClasses example={example} known={known} />
    </div>
  );
}

interface ShownProps {
  example: Pick<Example, "sample" | "shapes">;
  known: ReadonlyMap<string, LabelClass>;
  isLarge: boolean;
}

function Drawn({ example: { sample, shapes }, known, isLarge }: ShownProps) {
  const { width, height } = sample.payload;
  const isSound = sample.media_type.startsWith("audio/");
  const source = isLarge && !isSound ? sample.media_url : (sample.thumb_url ?? sample.media_url);
  return (
    <>
      <Stage>
        <img src={source} alt={sample.name} loading="lazy" />
        {width && height ? (
          <ShapeMarks
            shapes={shapes}
            width={width}
            height={height}
            colorOf={(label) => known.get(label)?.color ?? UNKNOWN}
            linesOf={(label) => known.get(label)?.skeleton?.lines ?? []}
          />
        ) : null}
      </Stage>
      {isSound && isLarge ? (
        // biome-ignore lint/a11y/useMediaCaption: a recording of the data set has no captions
        <audio controls src={sample.media_url} aria-label={sample.name} />
      ) : null}
    </>
  );
}

/** A recording with its regions; the small copy has no player. */
function Marked({ example: { sample, shapes }, known, isLarge }: ShownProps) {
  const t = useT("guidelines");
  useLanguage();
  const look = {
    regions: regionsOf(shapes),
    colorOf: (label: string) => known.get(label)?.color ?? UNKNOWN,
    nameOf: (label: string) => {
      const one = known.get(label);
      return one ? classText(one) : t("goneClass");
    },
  };
  const { bars = [], duration_s = 0 } = sample.payload;
  if (isLarge) return <RegionViewer sample={sample} {...look} />;
  return <RegionTrack peaks={bars} duration={duration_s} {...look} />;
}

function Excerpt({ example: { sample, shapes }, known }: ShownProps) {
  const t = useT("guidelines");
  useLanguage();
  const points = Array.from(sample.payload.excerpt ?? "");
  const nameOf = (label: string) => {
    const one = known.get(label);
    return one ? classText(one) : t("goneClass");
  };
  return (
    <div className={styles.excerpt}>
      <SpannedText
        points={points}
        spans={spansOf(shapes).filter(({ end }) => end <= points.length)}
        colorOf={(label) => known.get(label)?.color ?? UNKNOWN}
        nameOf={nameOf}
      />
    </div>
  );
}

/** The classes that the sample as a whole was given. */
function WholeClasses({ example, known }: Pick<ShownProps, "example" | "known">) {
  useLanguage();
  const given = example.shapes.filter(({ kind }) => kind === "class").map(({ label }) => known.get(label));
  const found = given.filter((one) => one !== undefined);
  if (found.length === 0) return null;
  return (
    <Row gap={4} wrap>
      {found.map((one) => (
        <Tag key={one.id} color={one.color}>
          {classText(one)}
        </Tag>
      ))}
    </Row>
  );
}
