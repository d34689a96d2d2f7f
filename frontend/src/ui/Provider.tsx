import { createTheme, MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import "./tokens.css";
import "./base.css";
import "./mantine.css";

const theme = createTheme({
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--font-mono)",
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
});

/** Mantine without run-time style elements, which the content security policy would refuse. */
export function UiProvider({ scheme, children }: { scheme: "light" | "dark"; children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={scheme}
      withCssVariables={false}
      withGlobalClasses={false}
      deduplicateCssVariables={false}
      env={import.meta.env.MODE === "test" ? "test" : "default"}
    >
      {children}
    </MantineProvider>
  );
}
