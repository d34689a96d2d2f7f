import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { lookup, useT } from "@/i18n";
import { Button, Dialog } from "@/ui";
import { grouped, type StepOperator, type StepWords } from "./steps";
import styles from "./steps.module.css";

interface AddProps<O extends StepOperator> {
  words: StepWords;
  operators: readonly O[];
  disabled: boolean;
  onAdd: (operator: O) => void;
}

/** Every operator by its group, each with what it does. */
export function AddStep<O extends StepOperator>({ words, operators, disabled, onAdd }: AddProps<O>) {
  const t = useT("app");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button icon={<IconPlus size={16} />} disabled={disabled} onClick={() => setIsOpen(true)}>
        {t("stepAdd")}
      </Button>
      <Dialog open={isOpen} onClose={() => setIsOpen(false)} title={t("stepAdd")} size="lg">
        {grouped(operators).map(([group, members]) => (
          <section key={group} className={styles.group}>
            <h3>{lookup(words, `group_${group}`) ?? group}</h3>
            <div className={styles.operators}>
              {members.map((operator) => (
                <button
                  key={operator.key}
                  type="button"
                  className={styles.operator}
                  onClick={() => {
                    onAdd(operator);
                    setIsOpen(false);
                  }}
                >
                  <strong>{lookup(words, `op_${operator.key}`) ?? operator.key}</strong>
                  <span className="muted small">{lookup(words, `opText_${operator.key}`) ?? ""}</span>
                </button>
              ))}
            </div>
          </section>
        ))}
      </Dialog>
    </>
  );
}
