import { useQuery } from "@tanstack/react-query";
import { asAppError } from "@/api/errors";
import { readMedia } from "@/api/media";
import { lookup } from "@/i18n";
import { errorText } from "./errorText";

/** Why an original cannot be shown: a browser says only that it could not. */
export default function Missing({ url }: { url: string }) {
  const { error } = useQuery({
    queryKey: ["missing", url],
    queryFn: () => readMedia(url).then(() => null),
    retry: false,
    gcTime: 0,
  });
  return error ? (
    <p role="status" className="small">
      {reasonOf(error)}
    </p>
  ) : null;
}

/** In the reader's own words where the server names the object. */
function reasonOf(error: unknown): string {
  const { code, params } = asAppError(error);
  const named = "key" in params ? lookup("errors", `${code}_of`, params) : undefined;
  return named ?? errorText(error);
}
