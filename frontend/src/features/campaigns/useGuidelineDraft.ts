import { useState } from "react";
import { type Example, type Guideline, type GuidelineInput, writeGuideline } from "@/api/guidelines";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { toast } from "@/ui";

interface Draft {
  /** The version it was made from. */
  base: number;
  text: string;
  examples: readonly Example[];
}

export interface GuidelineDraft extends Draft {
  isChanged: boolean;
  /** Somebody else has saved since; what is written here is kept. */
  isStale: boolean;
  isSaving: boolean;
  set: (changes: Partial<Draft>) => void;
  /** An example was added, which is a version of its own; where it was made of somebody else's, the draft stays behind. */
  added: (guideline: Guideline) => void;
  save: (base: number) => Promise<void>;
}

const draftOf = ({ number, text, examples }: Guideline): Draft => ({ base: number, text, examples });
const shownOf = (examples: readonly Example[]): GuidelineInput["examples"] =>
  examples.map(({ id, kind, note }) => ({ id, kind, note: note.trim() }));
const said = ({ text, examples }: Draft) => JSON.stringify([text, shownOf(examples)]);

/** What is being written, from version to version: a newer one of somebody else never takes its place. */
export function useGuidelineDraft(campaign: string, guideline: Guideline): GuidelineDraft {
  const t = useT("guidelines");
  const [begun, setBegun] = useState(draftOf(guideline));
  const [draft, setDraft] = useState(begun);
  const [isSaving, setSaving] = useState(false);
  const isChanged = said(draft) !== said(begun);
  const isNewer = guideline.newest > draft.base;
  if (isNewer && !isChanged && guideline.number === guideline.newest) {
    setBegun(draftOf(guideline));
    setDraft(draftOf(guideline));
  }
  const save = async (base: number) => {
    setSaving(true);
    await act(async () => {
      const input = { base, text: draft.text, examples: shownOf(draft.examples) };
      const written = await writeGuideline(campaign, input);
      setBegun(draftOf(written));
      setDraft(draftOf(written));
      toast(t("saved", { number: written.number }), { tone: "ok" });
    });
    setSaving(false);
  };
  const set = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const added = (now: Guideline) => {
    const examples = [...draft.examples, ...now.examples.slice(-1)];
    const isNext = now.number === draft.base + 1;
    if (isNext) setBegun(draftOf(now));
    setDraft({ ...draft, examples, base: isNext ? now.number : draft.base });
  };
  return { ...draft, isChanged, isStale: isNewer && isChanged, isSaving, set, save, added };
}
