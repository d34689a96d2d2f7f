import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useT } from "@/i18n";
import { Button, IconButton } from "./Button";
import styles from "./Code.module.css";

function useCopy(text: string): [copied: boolean, copy: () => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return [copied, () => void navigator.clipboard.writeText(text).then(() => setCopied(true))];
}

/** Code to read and copy whole. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const t = useT("ui");
  const [copied, copy] = useCopy(code);
  return (
    <figure className={styles.block} aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
      <div className={styles.copy}>
        <IconButton size="sm" variant="default" label={copied ? t("copied") : t("copy")} onClick={copy}>
          {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </IconButton>
      </div>
    </figure>
  );
}

/** A button that copies a text and says that it did. */
export function CopyButton({ text, children }: { text: string; children?: string }) {
  const t = useT("ui");
  const [copied, copy] = useCopy(text);
  return (
    <Button size="sm" icon={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy}>
      {copied ? t("copied") : (children ?? t("copy"))}
    </Button>
  );
}
