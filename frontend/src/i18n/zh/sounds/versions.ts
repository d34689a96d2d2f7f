import type { Translation } from "../../strings";

export const versions = {
  audio_samples: "录音",
  audio_pictures_other: "{{count}} 段录音",
  audio_which: "哪些录音",
  audio_filterLabel: "包含的录音",
  audio_subtitle: "版本会冻结录音、标注与划分，永不改变，因此结果随时可以复现。",
  audio_emptyText: "每个类别都有一些已标注录音后即可冻结；训练需要版本。",
  audio_strategyText_random: "每段录音随机划分。",
  audio_strategyText_group: "同一分组（同一说话人、机器、地点）的录音留在同一侧。",
  audio_strategyText_time: "最新的录音作为测试集。",
  audio_keepAlike: "相同录音放在一起",
  audio_keepAlikeHint: "听起来相同的录音分到同一部分，避免用学过的内容来测试。",
  audio_lockTestHint: "导入时属于测试集的录音及其副本保持不变；其余参与划分，并把测试集补足到所需比例。",
  audio_strategyText_given: "每段录音保留导入时或手动设置的划分，其余用于训练。跨划分的重复会计入版本说明。",
  audio_keepAlikeTimeHint: "听起来相同的录音与其中最早的一段分到同一部分，避免用学过的内容来测试。",
  audio_whyNot_none: "没有符合条件的录音，请先标注。",
  audio_warnSmall: "{{names}}：录音太少，无法出现在每个划分中。",
  audio_includeMedia: "包含录音",
  audio_formatText_folder_per_class: "按划分和类别分文件夹存放录音。不保留分组。",
  audio_formatText_csv: "一张含路径、类别、划分和分组的表，以及录音。",
  audio_formatText_jsonl: "每段录音一个对象，含路径、类别、划分和分组。",
} satisfies Translation<typeof import("../../en/sounds/versions").versions>;
