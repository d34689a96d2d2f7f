import { send } from "./http";

/** The stored bytes of a picture as a file, for sending them somewhere else. */
export async function readPicture(url: string, name: string): Promise<File> {
  const bytes = await (await send("GET", url)).blob();
  return new File([bytes], name.split("/").at(-1) ?? name, { type: bytes.type });
}

/** The bytes of a picture, from the browser's cache where it has been before. */
export async function readMedia(url: string): Promise<Blob> {
  return (await send("GET", url)).blob();
}

/** A stored text, a byte order mark kept as the character it is. */
export async function readText(url: string, signal?: AbortSignal): Promise<string> {
  const answer = await send("GET", url, signal ? { signal } : {});
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer());
}
