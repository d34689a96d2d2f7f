import type { checks as en } from "../../en/checks/data";
import type { Translation } from "../../strings";

export const checks = {
  changedSince: "此后数据有改动",
  boxesFound_other: "{{count}} 个标注",
  finding_boxes_outside: "超出图片范围的标注",
  finding_boxes_left_out: "超出图片范围的标注（导入时已略过）",
  finding_boxes_tiny: "不足三像素的标注",
  finding_boxes_twice: "重复绘制的标注",
  finding_boxes_overlap: "同一位置有两个类别",
  finding_boxes_huge: "几乎占满图片的框",
  finding_boxes_none: "已标注但没有任何对象的图片",
  remedyText_redraw_boxes: "打开图片，重新绘制这些标注。",
  remedyText_remove_boxes: "删除其中一个：相同的标注会被算作两个对象。",
  remedyText_decide_class_of_boxes:
    "不同类别的两个标注覆盖了同一位置。请保留类别正确的那个，除非两者都需要。",
  remedyText_look_at_boxes: "请确认框的是对象，而不是整张图片。",
  remedyOf_column_constant: "只有一个值的列不含信息：训练时请不要使用。",
  remedyOf_column_identifier: "只用来标识行的列对其他行没有意义：训练时请不要使用。",
  remedyOf_columns_alike: "保留其中一列，其余的训练时不要使用。",
  remedyOf_target_leak: "训练时请不要使用这一列。泄露目标的列往往是在已知答案之后才填写的。",
  text_endNear: "显示全部文本",
  text_remedyText_look_at_outliers: "请查看：可能是误入的文本，也可能是值得补充样本的罕见情况。",
  audio_endNear: "显示全部录音",
  audio_remedyText_look_at_outliers: "请试听：可能是误入的录音，也可能是值得补充样本的罕见情况。",
} satisfies Translation<typeof en>;
