import { useQuery } from "@tanstack/react-query";
import { readMedia } from "@/api/media";
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
      {errorText(error)}
    </p>
  ) : null;
}
