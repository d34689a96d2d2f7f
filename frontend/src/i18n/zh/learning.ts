import type { Translation } from "../strings";

export default {
  title: "边标边学",
  lead: "后台训练一个小模型，对其余样本给出预标注，并把它最拿不准的样本排在前面。标注再增加一半后会重新学习。预标注需要人确认或修改，在此之前不计入结果。",
  on: "启用",
  perClass: "每个已用类别至少需要的标注数",
  twoClasses: "当两个类别各有 {{count}} 个标注时开始。",
  missing: "以下类别的标注足够后开始：",
  ofClass: "{{name}}：{{labels}} / {{count}}",
  nextAt_other: "再标注 {{count}} 个后重新学习。",
  rounds: "轮次",
  round: "轮次",
  labels: "标注数",
  state: "状态",
  accuracy: "未见样本正确率",
  run: "训练",
  openRun: "打开",
  state_freezing: "正在冻结版本",
  state_training: "正在训练",
  state_saying: "正在预标注",
  state_done: "完成",
  state_failed: "提前结束",
} satisfies Translation<typeof import("../en/learning").default>;
