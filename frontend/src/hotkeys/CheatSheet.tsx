import { isKey, useT } from "@/i18n";
import { Dialog, Kbd } from "@/ui";
import styles from "./CheatSheet.module.css";
import { type Binding, KEY_MAP, type Scope } from "./map";
import { keycaps } from "./registry";

interface Line {
  key: string;
  caps: string[];
  wordKey: string;
}

const SECTION_ORDER: readonly Scope[] = [
  "annotate",
  "ask",
  "asking",
  "draw",
  "boxes",
  "spans",
  "relate",
  "linking",
  "sound",
  "regions",
  "review",
  "conflict",
  "grid",
  "gallery",
  "rows",
  "global",
];

/** What the digits are called where they are not classes, alone and with Shift. */
const DIGIT_WORDS: Partial<Record<Scope, readonly [string, string]>> = {
  conflict: ["answer", "answerShift"],
  review: ["reason", "reason"],
  asking: ["value", "valueShift"],
  linking: ["relationType", "relationTypeShift"],
};

function wordFor(binding: Binding): string {
  if (/^class\d+$/.test(binding.action)) {
    const words = DIGIT_WORDS[binding.scope] ?? ["class", "classShift"];
    return words[binding.shift ? 1 : 0];
  }
  if (/^(tile|pick)(Left|Right|Up|Down)$/.test(binding.action)) return binding.action.slice(0, 4);
  if (binding.action.startsWith("nudge")) return binding.action.endsWith("10") ? "nudge10" : "nudge";
  return binding.action;
}

const DIGITS_ALONE: readonly string[] = ["class", "reason", "answer", "value"];

function capsFor(binding: Binding, word: string): string[] {
  if (DIGITS_ALONE.includes(word)) return ["1", "–", "9"];
  if (word.endsWith("Shift")) return [...keycaps({ code: "ShiftLeft", shift: true }).slice(0, 1), "1–9"];
  if (word === "nudge" || word === "tile") return ["← ↑ ↓ →"];
  if (word === "nudge10" || word === "pick")
    return [...keycaps({ code: "ShiftLeft", shift: true }).slice(0, 1), "← ↑ ↓ →"];
  return keycaps(binding);
}

function linesOf(scope: Scope): Line[] {
  const lines = new Map<string, Line>();
  for (const binding of KEY_MAP) {
    if (binding.scope !== scope) continue;
    const wordKey = wordFor(binding);
    if (!lines.has(wordKey)) lines.set(wordKey, { key: wordKey, caps: capsFor(binding, wordKey), wordKey });
  }
  if (scope === "boxes") lines.set("pan", { key: "pan", caps: ["Space"], wordKey: "pan" });
  return [...lines.values()];
}

/** Every key that works here, first those of this page. */
export function CheatSheet({
  open,
  onClose,
  scopes,
}: {
  open: boolean;
  onClose: () => void;
  scopes: readonly Scope[];
}) {
  const t = useT("keys");
  const word = (key: string) => (isKey("keys", key) ? t(key) : key);
  const shown = SECTION_ORDER.filter((scope) => scopes.includes(scope));
  return (
    <Dialog open={open} onClose={onClose} title={t("title")} size="lg">
      <p className="muted small">{t("hint")}</p>
      <div className={styles.columns}>
        {shown.map((scope) => (
          <section key={scope}>
            <h3>{word(`scope_${scope}`)}</h3>
            <dl>
              {linesOf(scope).map((line) => (
                <div key={line.key}>
                  <dt>{word(line.wordKey)}</dt>
                  <dd>
                    {line.caps.map((cap) => (
                      <Kbd key={cap}>{cap}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
