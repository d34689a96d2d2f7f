import { Link } from "@tanstack/react-router";
import type { Job } from "@/api/types";
import { translator, useT } from "@/i18n";

/** What a job is about, by name; empty where nothing is known of it. */
export function subjectText({ subject }: Pick<Job, "subject">): string {
  if (!subject) return "";
  const { kind, name, number } = subject;
  if (number === null) return name;
  return translator("app")(kind === "report" ? "jobSubject_report" : "jobSubject_version", { name, number });
}

/** The same as a link to its page, or as text where there is none. */
export function JobSubject({ job, className }: { job: Job; className?: string | undefined }) {
  useT("app");
  const { subject, project } = job;
  const text = subjectText(job);
  if (!subject || !text) return null;
  if (!project || subject.gone) return <span className={className}>{text}</span>;
  const { kind, id, belongs_to: owner } = subject;
  if (kind === "dataset")
    return (
      <Link className={className} to="/p/$project/data" params={{ project }} search={{ dataset: id }}>
        {text}
      </Link>
    );
  if (kind === "version")
    return (
      <Link className={className} to="/p/$project/versions/$version" params={{ project, version: id }}>
        {text}
      </Link>
    );
  if (kind === "run")
    return (
      <Link className={className} to="/p/$project/runs/$run" params={{ project, run: id }}>
        {text}
      </Link>
    );
  if (kind === "report")
    return (
      <Link className={className} to="/p/$project/reports/$version" params={{ project, version: id }}>
        {text}
      </Link>
    );
  return kind === "model_version" && owner ? (
    <Link
      className={className}
      to="/p/$project/models/$model/$version"
      params={{ project, model: owner, version: id }}
    >
      {text}
    </Link>
  ) : (
    <Link className={className} to="/p/$project/models/$model" params={{ project, model: id }}>
      {text}
    </Link>
  );
}
