import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { may, meQuery } from "@/api/auth";
import type { Permission } from "@/api/types";

/** The id of the project whose page this is. */
export function useProjectId(): string {
  return useParams({ from: "/app/p/$project" }).project;
}

/** Whether I may do this in the project of the page. */
export function useMay(permission: Permission): boolean {
  const project = useProjectId();
  return may(useQuery(meQuery).data, project, permission);
}
