import { IconCheck, IconMessageCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useState } from "react";
import type { Shapes } from "@/annotator/model";
import { answerQuestion, askQuestion, type Question, questionsQuery, settleQuestion } from "@/api/questions";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { formatNumber } from "@/i18n/format";
import { Button, Row, Stack, TextareaField, Time } from "@/ui";
import styles from "./annotate.module.css";
import own from "./questions.module.css";

export interface QuestionsProps {
  item: string;
  shapes: Shapes;
  selected: string | null;
  onSelect: (shape: string) => void;
}

/** The threads about one sample: what is selected is what a new question is about. */
export function Questions({ item, shapes, selected, onSelect }: QuestionsProps) {
  const t = useT("questions");
  // The sample comes first, what is said about it a moment later.
  const seen = useDeferredValue(item);
  const found = useQuery(questionsQuery(seen)).data?.results ?? [];
  const threads = seen === item ? found : [];
  const [asking, setAsking] = useState(false);
  const open = threads.filter((thread) => thread.resolved_at === null).length;
  const number = selected ? shapes.findIndex(({ id }) => id === selected) + 1 : 0;
  const label = number > 0 ? t("askAboutObject", { number }) : t("askAbout");
  return (
    <section className={styles.section} aria-label={t("title")}>
      <h2>
        <span>{t("title")}</span>
        {open > 0 ? <span className="num">{t("open", { count: open })}</span> : null}
      </h2>
      <div className={own.threads}>
        {threads.map((thread) => (
          <Thread key={thread.id} thread={thread} shapes={shapes} onSelect={onSelect} />
        ))}
      </div>
      {asking ? (
        <Writing
          label={label}
          onCancel={() => setAsking(false)}
          onSend={(text) => askQuestion(item, text, number > 0 ? selected : null)}
        />
      ) : (
        <Button size="sm" icon={<IconMessageCircle size={16} />} onClick={() => setAsking(true)}>
          {label}
        </Button>
      )}
    </section>
  );
}

interface ThreadProps {
  thread: Question;
  shapes: Shapes;
  onSelect: (shape: string) => void;
}

function Thread({ thread, shapes, onSelect }: ThreadProps) {
  const t = useT("questions");
  const [answering, setAnswering] = useState(false);
  const isOpen = thread.resolved_at === null;
  const at = shapes.findIndex(({ id }) => id === thread.shape) + 1;
  return (
    <article className={own.thread} data-settled={!isOpen || undefined}>
      {thread.shape && at > 0 ? (
        <button type="button" className={own.pin} onClick={() => thread.shape && onSelect(thread.shape)}>
          {t("aboutObject", { number: at })}
        </button>
      ) : (
        <p className="muted small">{aboutText(t, thread)}</p>
      )}
      {thread.comments.map((comment) => (
        <div key={comment.id}>
          <p className="small">
            <strong>{comment.author}</strong>{" "}
            <span className="muted">
              <Time iso={comment.created_at} />
            </span>
          </p>
          <p className={own.text}>{comment.text}</p>
        </div>
      ))}
      {thread.resolved_by ? (
        <p className="muted small">{t("settledBy", { name: thread.resolved_by })}</p>
      ) : null}
      {answering ? (
        <Writing
          label={t("answerTo", { name: thread.author })}
          onCancel={() => setAnswering(false)}
          onSend={(text) => answerQuestion(thread, text)}
        />
      ) : (
        <Row gap={8}>
          <Button size="sm" variant="quiet" onClick={() => setAnswering(true)}>
            {t("answer")}
          </Button>
          <Button
            size="sm"
            variant="quiet"
            icon={isOpen ? <IconCheck size={16} /> : null}
            onClick={() => void act(() => settleQuestion(thread, isOpen ? "resolve" : "reopen"))}
          >
            {isOpen ? t("settle") : t("reopen")}
          </Button>
        </Row>
      )}
    </article>
  );
}

function aboutText(t: ReturnType<typeof useT<"questions">>, { shape, point }: Question): string {
  if (shape) return t("aboutGone");
  if (point) return t("aboutPoint", { x: formatNumber(point[0], 0), y: formatNumber(point[1], 0) });
  return t("aboutSample");
}

interface WritingProps {
  label: string;
  onCancel: () => void;
  onSend: (text: string) => Promise<void>;
}

function Writing({ label, onCancel, onSend }: WritingProps) {
  const t = useT("questions");
  const ui = useT("ui");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const done = await act(() => onSend(text.trim()));
    setBusy(false);
    if (done) onCancel();
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <Stack gap={8}>
        <TextareaField label={label} value={text} onChange={setText} rows={2} />
        <Row gap={8}>
          <Button size="sm" type="submit" variant="primary" loading={busy} disabled={!text.trim()}>
            {t("send")}
          </Button>
          <Button size="sm" variant="quiet" onClick={onCancel}>
            {ui("cancel")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
