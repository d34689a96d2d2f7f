import type { Translation } from "../strings";

export default {
  title: "标注任务",
} satisfies Translation<typeof import("../en/campaigns").default>;
