import type { Translation } from "../strings";

export default {
  title: "主动学习排序",
  waiting: "正在分析样本。完成之前顺序随机，不影响标注。",
  byKind_other: "已有 {{count}} 个标签，尚不足以判断，先标注最典型的 {{asked}} 个样本。",
  byDoubt_other: "依据 {{count}} 个标签排序，先标注最难判断的 {{asked}} 个样本。",
  honest: "平台自行判断的正确率",
  honestHint_other: "基于 {{count}} 个随机样本，区间 {{low}} 至 {{high}}",
  honestNone: "尚无已标注的随机样本",
  gain: "预计可纠正的错误",
  gainHint_other: "接下来 {{count}} 个样本中；随机顺序为 {{random}} 个",
  hard: "难样本",
  noHard: "难样本均已分派或已标注。",
  reason_low_margin: "两个类别难以区分",
  reason_neighbors_differ: "相似样本多为 {{name}}",
} satisfies Translation<typeof import("../en/active").default>;
