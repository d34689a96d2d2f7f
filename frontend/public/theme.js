// Runs before the first paint, so that nobody who chose dark sees a white flash. A file, not an inline
// script, because the content security policy allows scripts from this origin only.
(() => {
  const root = document.documentElement;
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("studio.look") ?? "{}");
  } catch {
    saved = {};
  }
  const dark =
    saved.theme === "dark" || (saved.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mantineColorScheme = dark ? "dark" : "light";
  root.dataset.density = saved.density ?? "standard";
  root.lang = saved.language ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh-Hans" : "en");
})();
