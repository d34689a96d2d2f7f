import type { Translation } from "../strings";

export default {
  title: "首页",
} satisfies Translation<typeof import("../en/home").default>;
