import { useEffect, useRef, useState } from "react";
import { useEvents } from "@/api/events";
import { type LogLine, readLog } from "@/api/training";
import { lookup, useT } from "@/i18n";
import { Panel, SwitchField } from "@/ui";
import styles from "./runs.module.css";

const KEPT_LINES = 2000;
const POLL_MS = 3000;

/** The lines so far and those that come, asked for again when the stream says that there are new ones. */
function useLog(run: string, topic: string | null, isLive: boolean): readonly LogLine[] {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const after = useRef(0);
  const busy = useRef(false);
  const read = async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      const page = await readLog(run, after.current);
      after.current = page.after;
      if (page.results.length > 0) setLines((old) => [...old, ...page.results].slice(-KEPT_LINES));
    } catch {
      // The next event or tick asks again from the same line.
    } finally {
      busy.current = false;
    }
  };
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    void latest.current();
    if (!isLive) return;
    const timer = setInterval(() => void latest.current(), POLL_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  useEvents(isLive && topic ? [topic] : [], ({ type }) => {
    if (type === "log") void latest.current();
  });
  return lines;
}

const STAGE = /^stage: (\w+)$/;

/** What the trainer says in its own words stays; its stages are ours. */
function lineText({ at, text }: LogLine): string {
  const stage = STAGE.exec(text)?.[1];
  const words = stage ? lookup("runs", `stage_${stage}`) : undefined;
  return `${new Date(at).toTimeString().slice(0, 8)}  ${words ?? text}`;
}

/** The tail of the run's log; follows the end until it is scrolled away from. */
export function LogPanel({ run, topic, isLive }: { run: string; topic: string | null; isLive: boolean }) {
  const t = useT("runs");
  const lines = useLog(run, topic, isLive);
  const [isFollowing, setIsFollowing] = useState(true);
  const box = useRef<HTMLPreElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowing]);
  const onScroll = () => {
    const element = box.current;
    if (element) setIsFollowing(element.scrollTop + element.clientHeight > element.scrollHeight - 24);
  };
  return (
    <Panel
      title={t("log")}
      flush
      actions={
        isLive ? <SwitchField label={t("follow")} checked={isFollowing} onChange={setIsFollowing} /> : null
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre ref={box} className={styles.log} tabIndex={0} onScroll={onScroll}>
        {lines.length === 0 ? t("logEmpty") : lines.map((line) => lineText(line)).join("\n")}
      </pre>
    </Panel>
  );
}
