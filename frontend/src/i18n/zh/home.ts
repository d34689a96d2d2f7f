import type { Translation } from "../strings";

export default {
  title: "首页",
  hello: "你好，{{name}}",
  continue: "继续",
  continueLeft_other: "继续（剩余 {{count}} 张）",
  labelNext: "接下来：{{name}}",
  nothing: "暂时没有要标注的内容",
  nothingHint: "有人给你分配任务后会显示在这里。",
  reviews: "等待审核",
  running: "运行中的任务",
  projects: "项目",
  allProjects: "全部项目",
  tasks: "标注任务",
  noProjects: "还没有项目",
  noProjectsHint: "项目包含数据、标注、模型以及参与的成员。",
  newProject: "新建项目",
  images: "样本",
  labeled: "已标注",
  models: "模型",
  endpoints: "端点",
  taskLeft_other: "还剩 {{count}} 张",
} satisfies Translation<typeof import("../en/home").default>;
