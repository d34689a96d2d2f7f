export default {
  title: "Labels",
} as const;
