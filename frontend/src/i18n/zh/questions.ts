import type { Translation } from "../strings";

export default {
  title: "问题",
  open_other: "{{count}} 个未解决",
  askAbout: "就此样本提问",
  askAboutObject: "就对象 {{number}} 提问",
  answer: "回复",
  answerTo: "回复 {{name}}",
  send: "发送",
  settle: "已解决",
  reopen: "重新打开",
  settledBy: "由 {{name}} 标记为已解决",
  aboutSample: "整个样本",
  aboutObject: "对象 {{number}}",
  aboutGone: "已删除的对象",
  aboutPoint: "位置 {{x}}, {{y}}",
  none: "没有未解决的问题。",
  sample: "样本",
  question: "问题",
  answers: "回复",
  by: "提问者",
} satisfies Translation<typeof import("../en/questions").default>;
