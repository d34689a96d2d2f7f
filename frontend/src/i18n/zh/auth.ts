import type { Translation } from "../strings";

export default {
  signIn: "登录",
  welcome: "登录 Studio",
  tagline: "从自己的图片到可用的模型。",
  username: "用户名",
  password: "密码",
  firstTime: "第一次使用？首位管理员的用户名和密码显示在启动 Studio 的终端里。",
  inviteTitle: "欢迎，{{name}}",
  inviteText: "你受邀加入“{{project}}”。设置密码即可开始，用户名为 {{username}}。",
  newPassword: "新密码",
  passwordHint: "至少 12 个字符。",
  repeatPassword: "再次输入密码",
  passwordsDiffer: "两次输入的密码不一致。",
  passwordShort: "至少需要 12 个字符。",
  join: "加入项目",
  inviteGone: "邀请已使用或已过期",
  inviteGoneHint: "请向项目负责人索取新链接；如果已经加入，请直接登录。",
} satisfies Translation<typeof import("../en/auth").default>;
