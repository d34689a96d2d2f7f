import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Operator } from "@/api/augment";
import { lookup, useT } from "@/i18n";
import { Button, Dialog } from "@/ui";
import styles from "./augment.module.css";
import { grouped } from "./steps";

interface AddProps {
  operators: readonly Operator[];
  disabled: boolean;
  onAdd: (operator: Operator) => void;
}

/** Every operator by its group, each with what it does. */
export function AddStep({ operators, disabled, onAdd }: AddProps) {
  const t = useT("augment");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button icon={<IconPlus size={16} />} disabled={disabled} onClick={() => setIsOpen(true)}>
        {t("add")}
      </Button>
      <Dialog open={isOpen} onClose={() => setIsOpen(false)} title={t("add")} size="lg">
        {grouped(operators).map(([group, members]) => (
          <section key={group} className={styles.group}>
            <h3>{lookup("augment", `group_${group}`) ?? group}</h3>
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
                  <strong>{lookup("augment", `op_${operator.key}`) ?? operator.key}</strong>
                  <span className="muted small">{lookup("augment", `opText_${operator.key}`) ?? ""}</span>
                </button>
              ))}
            </div>
          </section>
        ))}
      </Dialog>
    </>
  );
}
