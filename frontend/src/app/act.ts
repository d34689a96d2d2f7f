import { toast } from "@/ui";
import { errorText } from "./errorText";

/** Do something for a button; a refusal becomes a sentence at the bottom left. Answers whether it was done. */
export async function act(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toast(errorText(error), { tone: "bad" });
    return false;
  }
}
