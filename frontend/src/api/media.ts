import { AppError } from "./errors";

/** The bytes of a picture, from the browser's cache where it has been before. */
export async function readMedia(url: string, signal?: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { credentials: "same-origin", ...(signal ? { signal } : {}) }).catch(
    () => null,
  );
  if (!response)
    throw new AppError({ code: "network", status: 0, detail: "the picture could not be reached" });
  if (!response.ok)
    throw new AppError({
      code: `http_${response.status}`,
      status: response.status,
      detail: "the picture could not be read",
    });
  return response.blob();
}
