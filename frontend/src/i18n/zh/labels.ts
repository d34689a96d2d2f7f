import type { Translation } from "../strings";

export default {
  title: "标签类别",
} satisfies Translation<typeof import("../en/labels").default>;
