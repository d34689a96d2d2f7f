import { IconAlertTriangle } from "@tabler/icons-react";
import { type AskedOf, firstFault } from "@/annotator/asking";
import type { Shape } from "@/annotator/model";
import { useT } from "@/i18n";
import styles from "./annotate.module.css";

/** The sign of an object or a span that does not say what its class asks. */
export function Lacks({ shape, askedOf }: { shape: Shape; askedOf: AskedOf }) {
  const t = useT("annotate");
  if (!firstFault([shape], askedOf)) return null;
  return <IconAlertTriangle size={14} role="img" aria-label={t("askRequired")} className={styles.lacks} />;
}
