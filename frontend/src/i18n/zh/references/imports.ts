import type { references as en } from "../../en/references/imports";
import type { Translation } from "../../strings";

export const references = {
  bucket_keep: "文件",
  keep_copy: "复制到平台",
  keep_copyText: "此后平台拥有所需的一切，存储桶可以不再保留。",
  keep_reference: "留在存储桶",
  keep_referenceText:
    "现在读取每个文件一次，以后需要时再取回并与其 SHA-256 比对；只要还有样本引用它，访问密钥就一直加密保存。",
  syncStays: "文件留在存储桶",
  bucketTextOnly:
    "对象会复制到平台中：文本和表格总是复制。不填密钥则匿名读取。密钥加密保存，导入结束后即删除；保持同步期间一直加密保存。",
  bucketReferenceText:
    "标注和其他文本会复制，缩略图也一样。不填密钥则匿名读取。绝不会在存储桶中写入或删除任何内容。",
  references: "留在存储桶中的文件",
  referencesText_other: "此数据集有 {{count}} 个样本（{{size}}）的文件留在存储桶中，缩略图和标注保存在平台。",
  referencesCount: "文件数",
  referencesSize: "大小",
  referencesCheck: "检查是否都能访问",
  referencesNever: "尚未检查。",
  referencesChecking: "正在检查。",
  referencesFailed: "检查未能完成：{{why}}",
  referencesFine_other: "全部 {{count}} 个文件均可访问且未更改。",
  referencesSome: "{{count}} 个文件中有 {{bad}} 个无法访问或已更改：",
  referenceState_gone: "已不存在",
  referenceState_changed: "已更改",
  referenceState_denied: "拒绝访问",
  referenceState_unreachable: "无响应",
  keyChange: "更换密钥",
  keyTitle: "为“{{bucket}}”更换密钥",
  keyText: "会先用一个文件试用。此后留在存储桶中的文件都用它读取，使用旧密钥的同步也会一并更换。",
  keySave: "试用并保存",
  keySaved: "密钥已更换。",
} satisfies Translation<typeof en>;
