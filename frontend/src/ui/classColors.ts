/** Twelve colors of classes, distinct for the common kinds of color vision, given out in order. */
export const CLASS_COLORS = [
  "#4C6EF5",
  "#F76707",
  "#12B886",
  "#E64980",
  "#FAB005",
  "#15AABF",
  "#BE4BDB",
  "#82C91E",
  "#FA5252",
  "#228BE6",
  "#7A5C3E",
  "#868E96",
] as const;
