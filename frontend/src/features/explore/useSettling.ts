import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Suspicion, saveLabel, settleSuspicion } from "@/api/embeddings";
import type { SampleShape } from "@/api/types";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { useT } from "@/i18n";
import { toast } from "@/ui";
import type { Classes, Decision } from "./SuspicionCard";

const HUMAN = { source: "human" } as const;

/** What the picture says once the suggestion is taken. */
export function corrected({ sample, shape, given, suggested }: Suspicion): SampleShape[] {
  const before = sample.annotation?.shapes ?? [];
  if (shape !== null && suggested !== null) {
    return before.map((one) => (one.id === shape ? { ...one, ...HUMAN, label: suggested } : one));
  }
  const kept = given !== null && suggested !== null ? [] : before.filter(({ label }) => label !== given);
  if (suggested === null) return kept;
  return [...kept, { id: crypto.randomUUID(), kind: "class", label: suggested, ...HUMAN }];
}

/** Whether one look settles the whole picture: it carries one class, and nothing else was asked. */
function isWhole({ shape, given, suggested }: Suspicion): boolean {
  return shape === null && given !== null && suggested !== null;
}

/** Save what a person decided about a label; the message that says so takes it back. */
export function useSettling(dataset: string) {
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const textOf = useSaved();
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["dataset", dataset] }),
      client.invalidateQueries({ queryKey: ["samples", dataset] }),
    ]);
  const settle = async (row: Suspicion, decision: Decision, classes: Classes) => {
    const { sample } = row;
    setWaiting((old) => new Set(old).add(sample.id));
    await act(async () => {
      const back = await saved(dataset, row, decision);
      await refresh();
      toast(textOf(row, decision, classes), {
        tone: "ok",
        undo: () =>
          void act(async () => {
            await back();
            await refresh();
          }),
      });
    });
    setWaiting((old) => new Set([...old].filter((id) => id !== sample.id)));
  };
  return { waiting, settle };
}

/** Save the decision; what takes it back. */
async function saved(dataset: string, row: Suspicion, decision: Decision): Promise<() => Promise<unknown>> {
  const { sample, given } = row;
  if (decision === "given" && !isWhole(row)) {
    await settleSuspicion(dataset, row.id, true);
    return () => settleSuspicion(dataset, row.id, false);
  }
  const before = sample.annotation?.shapes ?? [];
  const after = corrected(decision === "given" ? { ...row, suggested: given } : row);
  // A mark or one of several classes is not the whole picture, whose state stays what it was.
  const state = isWhole(row) || sample.state === "reviewed" ? "reviewed" : "labeled";
  const { revision } = await saveLabel(sample, sample.annotation?.revision ?? 0, after, state);
  return () => saveLabel(sample, revision, before, sample.state);
}

/** What the message says. */
function useSaved() {
  const [t, own] = [useT("explore"), useT("checks")];
  return (row: Suspicion, decision: Decision, classes: Classes): string => {
    const name = (id: string | null) => classText(classes.get(id ?? "") ?? { name: "" });
    if (decision === "given") {
      return isWhole(row) ? t("saved", { name: name(row.given) }) : own("keptAsIs");
    }
    if (row.suggested === null) return own("takenAway", { name: name(row.given) });
    return row.given === null
      ? own("added", { name: name(row.suggested) })
      : t("saved", { name: name(row.suggested) });
  };
}
