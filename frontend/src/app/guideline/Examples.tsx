import { useState } from "react";
import type { Example } from "@/api/guidelines";
import type { LabelClass } from "@/api/types";
import { useT } from "@/i18n";
import { Badge, Dialog, Stack } from "@/ui";
import { ExampleView } from "./ExampleView";
import styles from "./guideline.module.css";

interface ExamplesProps {
  examples: readonly Example[];
  classes: readonly LabelClass[];
}

/** Samples as they shall be answered, and as they shall not; a press shows one large. */
export function Examples({ examples, classes }: ExamplesProps) {
  const t = useT("guidelines");
  const [open, setOpen] = useState<Example | null>(null);
  if (examples.length === 0) return null;
  return (
    <>
      <ul className={styles.examples}>
        {examples.map((example) => (
          <li key={example.id} className={styles.example}>
            <button
              type="button"
              className={styles.look}
              data-kind={example.kind}
              aria-label={t("enlarge", { kind: t(example.kind), name: example.sample.name })}
              onClick={() => setOpen(example)}
            >
              <ExampleView example={example} classes={classes} />
            </button>
            <Caption example={example} />
          </li>
        ))}
      </ul>
      <Dialog
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open ? `${t(open.kind)} · ${open.sample.name}` : ""}
        size="lg"
      >
        {open ? (
          <Stack gap={12}>
            <ExampleView example={open} classes={classes} isLarge />
            <Caption example={open} />
          </Stack>
        ) : null}
      </Dialog>
    </>
  );
}

function Caption({ example }: { example: Example }) {
  const t = useT("guidelines");
  return (
    <p className={styles.caption}>
      <Badge tone={example.kind === "good" ? "ok" : "bad"} dot>
        {t(example.kind)}
      </Badge>
      {example.note ? <span className={styles.note}>{example.note}</span> : null}
    </p>
  );
}
