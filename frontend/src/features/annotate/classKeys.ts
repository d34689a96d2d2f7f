import type { LabelClass } from "@/api/types";
import type { Handlers } from "@/hotkeys/scope";

const SLOTS = 18;

/**
 * Which class each of the eighteen class keys means: the key set in the label editor, and for classes without
 * one the free keys in the order of the list. A key never moves when the list is folded or searched.
 */
export function keySlots(classes: readonly LabelClass[]): (LabelClass | undefined)[] {
  const slots = Array.from<LabelClass | undefined>({ length: SLOTS });
  const rest: LabelClass[] = [];
  for (const one of classes) {
    const slot = Number(one.key) - 1;
    const isFree = Number.isInteger(slot) && slot >= 0 && slot < SLOTS && slots[slot] === undefined;
    if (isFree) slots[slot] = one;
    else rest.push(one);
  }
  for (const one of rest) {
    const free = slots.indexOf(undefined);
    if (free < 0) break;
    slots[free] = one;
  }
  return slots;
}

/** What is printed beside a class: `3`, or `⇧3` for the second nine. */
export function capOf(slot: number): string | null {
  if (slot < 0) return null;
  return slot < 9 ? String(slot + 1) : `⇧${slot - 8}`;
}

/** Handlers of the class keys. */
export function classKeys(
  classes: readonly LabelClass[],
  choose: (id: string | undefined) => void,
): Handlers {
  const slots = keySlots(classes);
  const pick = (slot: number) => () => choose(slots[slot]?.id);
  return {
    class1: pick(0),
    class2: pick(1),
    class3: pick(2),
    class4: pick(3),
    class5: pick(4),
    class6: pick(5),
    class7: pick(6),
    class8: pick(7),
    class9: pick(8),
    class10: pick(9),
    class11: pick(10),
    class12: pick(11),
    class13: pick(12),
    class14: pick(13),
    class15: pick(14),
    class16: pick(15),
    class17: pick(16),
    class18: pick(17),
  };
}
