export default {
  signIn: "Sign in",
  welcome: "Sign in to Studio",
  tagline: "From your own pictures to a working model.",
  username: "User name",
  password: "Password",
  firstTime:
    "First time here? The address and password of the first administrator were printed where Studio was started.",
  inviteTitle: "Welcome, {{name}}",
  inviteText:
    "You were invited to “{{project}}”. Choose a password to begin; your user name is {{username}}.",
  newPassword: "New password",
  passwordHint: "At least 12 characters.",
  repeatPassword: "Repeat the password",
  passwordsDiffer: "The two passwords differ.",
  passwordShort: "At least 12 characters are needed.",
  join: "Join the project",
  inviteGone: "This invitation was used or has expired",
  inviteGoneHint: "Ask a manager of the project for a new link, or sign in if you have joined already.",
} as const;
