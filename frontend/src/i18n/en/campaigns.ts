export default {
  title: "Campaigns",
} as const;
