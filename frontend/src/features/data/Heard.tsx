import { regionsOf } from "@/annotator/sound/regions";
import { hasRegions } from "@/api/tasks";
import type { Dataset, Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { RegionViewer } from "@/app/sound/RegionViewer";
import { SoundViewer } from "@/app/sound/SoundViewer";
import { useLanguage } from "@/i18n";

const UNKNOWN = "#868E96";

interface HeardProps {
  dataset: Dataset;
  sample: Sample;
  isShown: boolean;
}

/** A recording of a data set to be heard, with its regions where the data set has such. */
export function Heard({ dataset, sample, isShown }: HeardProps) {
  useLanguage();
  if (!hasRegions(dataset.task)) return <SoundViewer sample={sample} />;
  const classes = new Map(dataset.label_schema.classes.map((one) => [one.id, one]));
  const nameOf = (label: string) => {
    const one = classes.get(label);
    return one ? classText(one) : "?";
  };
  return (
    <RegionViewer
      sample={sample}
      regions={isShown ? regionsOf(sample.annotation?.shapes ?? []) : []}
      colorOf={(label) => classes.get(label)?.color ?? UNKNOWN}
      nameOf={nameOf}
    />
  );
}
