import { useState } from "react";
import { useT } from "@/i18n";
import { ChoiceCards, FilesDrop, Panel, Stack, toast } from "@/ui";

/** Radio buttons the size of cards, and the place to drop whole folders. */
export function ChoicesSection() {
  const t = useT("app");
  const ui = useT("ui");
  const [choice, setChoice] = useState<"a" | "b" | "c">("a");
  return (
    <Panel title="ChoiceCards · FilesDrop">
      <Stack>
        <ChoiceCards
          legend={t("theme")}
          name="guide-choice"
          value={choice}
          onChange={setChoice}
          choices={[
            { value: "a", title: t("themeSystem"), text: t("jobsNoneHint"), note: "12 s" },
            { value: "b", title: t("themeLight"), text: t("offlineHint") },
            { value: "c", title: t("themeDark"), disabled: true },
          ]}
        />
        <FilesDrop
          title={ui("dropHere")}
          hint="ZIP, TAR, JPEG, PNG"
          chooseFiles={ui("chooseFiles")}
          chooseFolder={t("data")}
          onFiles={(files) => toast(files.map((one) => one.path).join(", "))}
        />
      </Stack>
    </Panel>
  );
}
