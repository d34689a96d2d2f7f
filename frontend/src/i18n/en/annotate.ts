export default {
  title: "Annotate",
} as const;
