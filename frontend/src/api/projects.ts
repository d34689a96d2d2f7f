import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { pagesOf } from "./query";
import type { Member, PageOf, Project } from "./types";

export const projectsPages = () => pagesOf<Project>(["projects"], "projects/");

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ["project", id],
    queryFn: ({ signal }) => http.get<Project>(`projects/${id}/`, undefined, signal),
  });

export const membersQuery = (id: string) =>
  queryOptions({
    queryKey: ["project", id, "members"],
    queryFn: ({ signal }) => http.get<PageOf<Member>>(`projects/${id}/members/`, { limit: 500 }, signal),
  });
