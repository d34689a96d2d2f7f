export default {
  title: "Order by doubt",
  waiting:
    "The samples are being looked at. Until that is done the order is random; nothing else waits for it.",
  byKind_one: "{{count}} label is too little to doubt by: the {{asked}} most typical samples come first.",
  byKind_other: "{{count}} labels are too few to doubt by: the {{asked}} most typical samples come first.",
  byDoubt_one:
    "Put in order by {{count}} label: the {{asked}} samples that it leaves most in doubt come first.",
  byDoubt_other:
    "Put in order by {{count}} labels: the {{asked}} samples that they leave most in doubt come first.",
  honest: "Right by itself",
  honestHint_one: "of {{count}} random sample; {{low}} to {{high}}",
  honestHint_other: "of {{count}} random samples; {{low}} to {{high}}",
  honestNone: "no random sample is answered yet",
  gain: "Mistakes you would mend",
  gainHint_one: "in the next {{count}}; {{random}} in a random order",
  gainHint_other: "in the next {{count}}; {{random}} in a random order",
  hard: "Hard samples",
  noHard: "None of the doubtful samples is open any more.",
  reason_low_margin: "Two classes are close",
  reason_neighbors_differ: "Its neighbors are {{name}}",
} as const;
