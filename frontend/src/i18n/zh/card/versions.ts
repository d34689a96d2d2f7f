import type { versions as en } from "../../en/card/versions";
import type { Translation } from "../../strings";

export const versions = {
  cardSource_upload: "上传",
  cardSource_url: "网址",
  cardSource_bucket: "存储桶",
  cardSource_query: "数据库查询",
  cardSource_branch: "分支自",
  cardSource_merge: "合并",
  cardSourceVersion: "{{name}} 版本 {{number}}",
  cardSourceBy: "操作者：{{who}}",
  cardChecked: "检查时间",
  cardNotChecked: "数据未经检查。",
  cardNotNoted: "当时尚未记录数据是否经过检查。",
  cardImportedSince_other: "最近一次检查之后又有 {{count}} 次导入。",
} satisfies Translation<typeof en>;
