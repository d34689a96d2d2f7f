import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import type { CleanedTable } from "@/api/cleanings";
import { datasetsQuery } from "@/api/datasets";
import { tableQuery } from "@/api/tables";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { NamedContext } from "@/app/steps/named";

interface NamesProps {
  dataset: Dataset;
  made: CleanedTable | undefined;
  children: ReactNode;
}

/** Gives the forms of the steps the columns there are, with those that the steps make, and the other tables. */
export function TableNames({ dataset, made, children }: NamesProps) {
  const isTable = dataset.modality === "tabular";
  const table = useQuery({ ...tableQuery(dataset.id), enabled: isTable }).data;
  const all = useQuery({ ...datasetsQuery(useProjectId()), enabled: isTable }).data;
  const named = useMemo(() => {
    const there = table?.columns ?? [];
    const known = new Set(there.map((column) => column.name));
    const fresh = (made?.columns ?? []).filter((column) => !known.has(column.name));
    const tables = (all?.results ?? []).filter((one) => one.modality === "tabular" && one.id !== dataset.id);
    return { columns: [...there, ...fresh], tables };
  }, [table, made, all, dataset.id]);
  return <NamedContext.Provider value={named}>{children}</NamedContext.Provider>;
}
