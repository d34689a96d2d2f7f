import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queryClient } from "@/api/query";
import { Toaster } from "@/ui";
import { UiProvider } from "@/ui/Provider";
import { useScheme } from "./look";
import { router } from "./router";

/** Everything the pages stand in. */
export function App() {
  const scheme = useScheme();
  return (
    <UiProvider scheme={scheme}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toaster />
      </QueryClientProvider>
    </UiProvider>
  );
}
