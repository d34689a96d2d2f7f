import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "@/api/http";
import { queryClient } from "@/api/query";
import { App } from "@/app/App";
import { currentLook } from "@/app/look";
import { router } from "@/app/router";
import { loadStrings, setLanguage } from "@/i18n";

async function start(): Promise<void> {
  await setLanguage(currentLook().language);
  await loadStrings(["app", "ui", "errors", "keys"]);
  onSignedOut(() => {
    if (location.pathname === "/login" || location.pathname.startsWith("/invite/")) return;
    queryClient.clear();
    void router.navigate({ to: "/login", search: { next: location.pathname + location.search } });
  });
  const root = document.getElementById("root");
  if (root)
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
}

void start();
