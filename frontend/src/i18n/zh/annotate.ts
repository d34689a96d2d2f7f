import type { Translation } from "../strings";

export default {
  title: "标注",
} satisfies Translation<typeof import("../en/annotate").default>;
