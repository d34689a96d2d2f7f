import type { ReactNode } from "react";
import { asAppError } from "@/api/errors";
import { useT } from "@/i18n";
import { ErrorState, LinkButton, PageSkeleton, Skeleton } from "@/ui";
import { errorText } from "./errorText";

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

export interface QueryStateProps<T> {
  query: QueryLike<T>;
  children: (data: T) => ReactNode;
  /** The state is a part of the page, not the page. */
  compact?: boolean;
}

/** Loading, error, no permission or the data: every query on a page goes through here. */
export function QueryState<T>({ query, children, compact }: QueryStateProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error)
    return <Failure error={query.error} onRetry={() => void query.refetch()} compact={compact ?? false} />;
  return compact ? <Skeleton /> : <PageSkeleton />;
}

/** A refused or failed request, in words. */
export function Failure({
  error,
  onRetry,
  compact,
}: {
  error: unknown;
  onRetry?: () => void;
  compact?: boolean;
}) {
  const t = useT("errors");
  const problem = asAppError(error);
  const known = problem.status === 403 || problem.status === 404;
  const title =
    problem.status === 403
      ? t("forbiddenTitle")
      : problem.status === 404
        ? t("notFoundTitle")
        : t("failedTitle");
  const detail = problem.status === 403 ? t("forbiddenDetail") : errorText(problem);
  return (
    <ErrorState
      title={title}
      detail={detail}
      requestId={problem.requestId}
      onRetry={known ? undefined : onRetry}
      compact={compact ?? false}
      action={
        known && !compact ? (
          <LinkButton to="/" variant="primary">
            {t("toHome")}
          </LinkButton>
        ) : null
      }
    />
  );
}
