import { IconDownload } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { cardMarkdownUrl, cardQuery, type DataCard, NOTES, type Notes, saveNotes } from "@/api/cards";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { AnchorButton, Button, Facts, Panel, Row, Stack, TextareaField, TextField } from "@/ui";
import { CardFacts } from "./CardFacts";

/** Where the version's data came from, what is known to be missing, and what people say of it. */
export function CardPanel({ version }: { version: string }) {
  const t = useT("versions");
  const query = useQuery(cardQuery(version));
  const mayCurate = useMay("curate_project");
  return (
    <Panel title={t("card")}>
      <QueryState query={query} compact>
        {(card) => (
          <Stack>
            <CardFacts card={card} />
            {mayCurate ? (
              <NotesForm key={card.revision} version={version} card={card} />
            ) : (
              <Facts
                rows={NOTES.map((name) => ({
                  key: name,
                  label: t(`card_${name}`),
                  value: card.notes[name] || "–",
                }))}
              />
            )}
          </Stack>
        )}
      </QueryState>
    </Panel>
  );
}

function NotesForm({ version, card }: { version: string; card: DataCard }) {
  const t = useT("versions");
  const client = useQueryClient();
  const [notes, setNotes] = useState<Notes>(card.notes);
  const [busy, setBusy] = useState(false);
  const set = (name: keyof Notes) => (value: string) => setNotes({ ...notes, [name]: value });
  const isChanged = NOTES.some((name) => notes[name] !== card.notes[name]);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await act(async () => {
      client.setQueryData(cardQuery(version).queryKey, await saveNotes(version, notes, card.revision));
    });
    setBusy(false);
  };
  return (
    <form onSubmit={save}>
      <Stack gap={12}>
        <TextField label={t("card_licence")} value={notes.licence} onChange={set("licence")} />
        <TextareaField label={t("card_consent")} value={notes.consent} onChange={set("consent")} />
        <TextareaField
          label={t("card_intended_use")}
          value={notes.intended_use}
          onChange={set("intended_use")}
        />
        <TextareaField label={t("card_known_gaps")} value={notes.known_gaps} onChange={set("known_gaps")} />
        <Row>
          <Button type="submit" loading={busy} disabled={!isChanged}>
            {t("cardSave")}
          </Button>
          <AnchorButton href={cardMarkdownUrl(version)} download icon={<IconDownload size={16} />}>
            {t("cardMarkdown")}
          </AnchorButton>
        </Row>
      </Stack>
    </form>
  );
}
