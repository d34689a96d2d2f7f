import type { Translation } from "../../strings";

export const data = {
  field_tag: "标记",
  facetTag: "标记",
  findTag: "查找标记",
  tag_none: "没有标记",
  column_tags: "标记",
  tags: "标记",
  tagsNone: "还没有标记。",
  tagsChange: "更改标记",
  tagThese: "标记…",
  tagTitle_other: "{{count}} 张图片的标记",
  text_tagTitle_other: "{{count}} 条文本的标记",
  audio_tagTitle_other: "{{count}} 段录音的标记",
  tagWay: "要做什么",
  tagWay_tag: "添加",
  tagWay_untag: "去掉",
  tagDo_tag: "添加标记",
  tagDo_untag: "去掉标记",
  tagHint: "自定的短词。按回车或逗号结束一个词。",
  editTagsFull_other: "其中 {{count}} 张已满：每张最多 32 个标记。",
} satisfies Translation<typeof import("../../en/marks/data").data>;
