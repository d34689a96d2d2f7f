import { type KeyboardEvent, useState } from "react";
import { useT } from "@/i18n";
import { Button, Dialog, Kbd, Row, Stack, TextField } from "@/ui";
import styles from "./annotate.module.css";

export interface ReasonDialogProps {
  open: boolean;
  title: string;
  reasons: readonly string[];
  onClose: () => void;
  onChoose: (reason: string) => void;
}

/** A reason by one digit, or in one's own words. */
export function ReasonDialog({ open, title, reasons, onClose, onChoose }: ReasonDialogProps) {
  const t = useT("annotate");
  const [own, setOwn] = useState("");
  const byDigit = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    const reason = digit ? reasons[Number(digit) - 1] : undefined;
    if (!reason) return;
    event.preventDefault();
    onChoose(reason);
  };
  return (
    <Dialog open={open} onClose={onClose} title={title} size="sm">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits are a shortcut for the buttons inside */}
      <div onKeyDown={byDigit}>
        <Stack gap={12}>
          <div className={styles.reasons}>
            {reasons.map((reason, at) => (
              <button
                key={reason}
                type="button"
                className={styles.reason}
                data-autofocus={at === 0 || undefined}
                onClick={() => onChoose(reason)}
              >
                <Kbd>{at + 1}</Kbd>
                <span>{reason}</span>
              </button>
            ))}
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (own.trim()) onChoose(own.trim());
            }}
          >
            <Row align="end">
              <div className={styles.grow}>
                <TextField label={t("otherReason")} value={own} onChange={setOwn} />
              </div>
              <Button type="submit" disabled={!own.trim()}>
                {t("send")}
              </Button>
            </Row>
          </form>
        </Stack>
      </div>
    </Dialog>
  );
}
