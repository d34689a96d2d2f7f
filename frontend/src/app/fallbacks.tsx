import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { asAppError } from "@/api/errors";
import { useT } from "@/i18n";
import { Button, buttonClass, EmptyState, ErrorState, PageSkeleton } from "@/ui";
import { errorText } from "./errorText";

/** What is shown while a page's code is on its way. */
export function Pending() {
  return <PageSkeleton />;
}

/** An address that leads nowhere. */
export function NotFoundPage() {
  const t = useT("app");
  return (
    <EmptyState
      title={t("notFoundTitle")}
      action={
        <Link to="/" className={buttonClass("primary")}>
          {t("goHome")}
        </Link>
      }
    >
      {t("notFoundHint")}
    </EmptyState>
  );
}

/** A page that threw: the server was unreachable, or a mistake of ours. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const t = useT("app");
  const problem = asAppError(error);
  if (problem.code === "network") {
    return <ErrorState title={t("offlineTitle")} detail={t("offlineHint")} onRetry={reset} />;
  }
  return (
    <ErrorState
      title={t("crashTitle")}
      detail={
        <>
          <p>{problem.status > 0 ? errorText(problem) : t("crashHint")}</p>
          <p className="mono small">{problem.message}</p>
        </>
      }
      requestId={problem.requestId}
      action={
        <Button variant="primary" onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      }
    />
  );
}
