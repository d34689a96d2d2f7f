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
  cardBytes: "文件存放位置",
  cardKept_other:
    "{{count}} 个文件（{{size}}）存放在存储桶中。每次读取都会与其 SHA-256 比对，缺失或已更改则拒绝使用。",
  cardCopied_other: "冻结版本时已复制存储桶中的 {{count}} 个文件。",
  cardCheck: "检查是否都能访问",
  outside: "留在存储桶中的文件",
  outside_copy: "复制到平台",
  outside_copyText_other: "读取并保存 {{count}} 个文件，共 {{size}}。此版本不再依赖存储桶。",
  outside_keep: "留在存储桶",
  outside_keepText: "版本要么与冻结时相同，要么拒绝使用：文件缺失或已更改会使训练或导出停止。数据卡会注明。",
  cardChecked: "检查时间",
  cardOld: "检查时间：{{when}}；此后数据又有改动。请重新检查并重新冻结后再作为依据。",
  cardFoundBefore: "改动之前的检查结果",
  cardNotInTraining: "训练集中没有：{{classes}}",
  cardNotInTest: "测试集中没有：{{classes}}",
  cardNotChecked: "数据未经检查。",
  cardNotNoted: "当时尚未记录数据是否经过检查。",
  cardImportedSince_other: "最近一次检查之后又有 {{count}} 次导入。",
} satisfies Translation<typeof en>;
