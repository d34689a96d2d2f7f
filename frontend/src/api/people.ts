import { http } from "./http";
import { pagesOf, queryClient } from "./query";
import type { Dataset, Member, Project, Role, TaskType } from "./types";

export interface ProjectInput {
  name: string;
  description: string;
  template: TaskType;
}

/** A project and, in the same step, the data set that its pictures go into. */
export async function createProject(input: ProjectInput): Promise<Project> {
  const project = await http.post<Project>("projects/", input);
  await createDataset(project.id, input.name, input.template);
  await queryClient.invalidateQueries({ queryKey: ["projects"] });
  await queryClient.invalidateQueries({ queryKey: ["me"] });
  return project;
}

export async function createDataset(project: string, name: string, task: TaskType): Promise<Dataset> {
  const dataset = await http.post<Dataset>("datasets/", {
    project,
    name,
    modality: task.startsWith("tabular_") ? "tabular" : "image",
    task,
  });
  await queryClient.invalidateQueries({ queryKey: ["datasets", project] });
  return dataset;
}

export async function changeProject(
  id: string,
  changes: { name?: string; description?: string },
): Promise<void> {
  queryClient.setQueryData(["project", id], await http.patch<Project>(`projects/${id}/`, changes));
  await queryClient.invalidateQueries({ queryKey: ["projects"] });
}

export async function deleteProject(id: string): Promise<void> {
  await http.delete(`projects/${id}/`);
  await queryClient.invalidateQueries({ queryKey: ["projects"] });
  await queryClient.invalidateQueries({ queryKey: ["me"] });
}

const refreshMembers = (project: string) => queryClient.invalidateQueries({ queryKey: ["project", project] });

export async function setMember(project: string, username: string, role: Role): Promise<void> {
  await http.put<Member>(`projects/${project}/members/${encodeURIComponent(username)}/`, { role });
  await refreshMembers(project);
}

export async function removeMember(project: string, username: string): Promise<void> {
  await http.delete(`projects/${project}/members/${encodeURIComponent(username)}/`);
  await refreshMembers(project);
}

export interface Invitee {
  username: string;
  role: Role;
  display_name?: string;
}

export interface InvitationLink {
  username: string;
  role: Role;
  /** Absent when the person already had an account and simply became a member. */
  link?: string | null;
}

export async function invitePeople(project: string, people: readonly Invitee[]): Promise<InvitationLink[]> {
  const answer = await http.post<InvitationLink[] | { results: InvitationLink[] }>(
    `projects/${project}/invitations/`,
    { people },
  );
  await refreshMembers(project);
  return Array.isArray(answer) ? answer : answer.results;
}

export interface Activity {
  seq: number;
  at: string;
  /** Empty when the system itself did it. */
  actor: string;
  operation: string;
  object_type: string;
  object_id: string;
  outcome: string;
  params: Record<string, unknown>;
}

export const activityPages = (project: string) =>
  pagesOf<Activity>(["project", project, "activity"], `projects/${project}/activity/`);
