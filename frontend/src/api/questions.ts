import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { queryClient } from "./query";
import type { PageOf } from "./types";

/** A thread about a sample, one of its objects or a point of it; the first comment is the question. */
export interface Question {
  id: string;
  item: string;
  sample: { id: string; name: string };
  shape: string | null;
  point: [number, number] | null;
  author: string;
  resolved_by: string | null;
  resolved_at: string | null;
  comments: { id: string; author: string; text: string; created_at: string }[];
}

export const questionsQuery = (item: string) =>
  queryOptions({
    queryKey: ["item", item, "questions"],
    queryFn: ({ signal }) => http.get<{ results: Question[] }>(`items/${item}/questions/`, undefined, signal),
  });

export const openQuestionsQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["campaign", campaign, "questions"],
    queryFn: ({ signal }) =>
      http.get<PageOf<Question>>(`campaigns/${campaign}/questions/`, { state: "open", limit: 50 }, signal),
  });

export async function askQuestion(item: string, text: string, shape: string | null): Promise<void> {
  await http.post(`items/${item}/questions/`, { text, shape });
  await noteQuestions(item);
}

export async function answerQuestion({ id, item }: Question, text: string): Promise<void> {
  await http.post(`questions/${id}/comments/`, { text });
  await noteQuestions(item);
}

export async function settleQuestion({ id, item }: Question, verb: "resolve" | "reopen"): Promise<void> {
  await http.post(`questions/${id}/${verb}/`, {});
  await noteQuestions(item);
}

async function noteQuestions(item: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ["item", item, "questions"] });
  await queryClient.invalidateQueries({ queryKey: ["campaign"] });
}
