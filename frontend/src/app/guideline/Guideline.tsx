import type { ReactNode } from "react";
import styles from "./guideline.module.css";

interface Block {
  key: string;
  kind: "heading" | "list" | "text";
  lines: string[];
}

function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  for (const [at, raw] of source.split("\n").entries()) {
    const line = raw.trim();
    const last = blocks.at(-1);
    if (line === "") blocks.push({ key: `gap-${at}`, kind: "text", lines: [] });
    else if (line.startsWith("#"))
      blocks.push({ key: `h-${at}`, kind: "heading", lines: [line.replace(/^#+\s*/, "")] });
    else if (/^[-*]\s/.test(line)) {
      if (last?.kind === "list") last.lines.push(line.slice(2));
      else blocks.push({ key: `l-${at}`, kind: "list", lines: [line.slice(2)] });
    } else if (last?.kind === "text" && last.lines.length > 0) last.lines.push(line);
    else blocks.push({ key: `t-${at}`, kind: "text", lines: [line] });
  }
  return blocks.filter((block) => block.lines.length > 0);
}

/** `**bold**` as strong; everything else as it stands. */
function inline(text: string): ReactNode[] {
  const parts = text.split("**");
  return parts.map((part, at) =>
    at % 2 === 1 ? <strong key={parts.slice(0, at).join("**")}>{part}</strong> : part,
  );
}

/** A guideline: headings, lists, paragraphs and bold of Markdown, never HTML. */
export function Guideline({ source }: { source: string }) {
  return (
    <div className={styles.text}>
      {blocksOf(source).map((block) => {
        if (block.kind === "heading") return <h3 key={block.key}>{inline(block.lines[0] ?? "")}</h3>;
        if (block.kind === "text") return <p key={block.key}>{inline(block.lines.join(" "))}</p>;
        return (
          <ul key={block.key}>
            {block.lines.map((line) => (
              <li key={line}>{inline(line)}</li>
            ))}
          </ul>
        );
      })}
    </div>
  );
}
