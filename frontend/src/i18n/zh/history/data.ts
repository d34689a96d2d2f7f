import type { history as en } from "../../en/history/data";
import type { Translation } from "../../strings";

export const history = {
  history: "历史",
  historyMore: "显示更早的记录",
  historyNobody: "已离开的成员",
  historyImported: "由 {{who}} 导入",
  historyModel: "模型标注（{{who}}）",
  historySaved: "由 {{who}} 保存",
  historyObjects_other: "{{count}} 个标注",
  originFile: "文件记载：{{said}}",
  originMember: "{{name}}（本项目：{{member}}）",
  originLabeledBy: "{{who}} 标注",
  originReviewedBy: "{{who}} 审核通过",
  originReviewed: "已审核通过",
  originSkippedBy: "{{who}} 跳过",
  originSkipped: "已跳过",
  tool_cvat: "CVAT",
  tool_label_studio: "Label Studio",
  tool_doccano: "doccano",
} as const satisfies Translation<typeof en>;
