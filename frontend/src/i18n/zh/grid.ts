import type { Translation } from "../strings";

export default {
  pictures: "本页图片",
  tile: "{{number}}. {{name}}：{{label}}",
  none: "未分类",
  size: "每页图片数",
  oneByOne: "逐张标注",
  submit_other: "提交 {{count}} 张",
  hint: "数字键为选中的图片（或带框的图片）指定类别。Shift 连续选择，Ctrl 加选。Enter 提交已分类的图片，其余保留。",
  notHere: "网格仅用于单类别图片分类",
  notHereHint: "此任务对图片的标注不止一个类别。",
} satisfies Translation<typeof import("../en/grid").default>;
