import type { paths } from "./schema";

type Fill<P extends string> = P extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Fill<After>}`
  : P;

type Slash<P extends string> = P extends `${infer Bare}/` ? P | Bare : P;

type With<M extends string> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

type Relative<P> = P extends `/api/v1/${infer Rest}` ? Slash<Fill<Rest>> : never;

/**
 * A path of the API that knows this verb, relative to `/api/v1/`, ids filled in: `runs/${id}/` compiles while the
 * committed OpenAPI document has it. The trailing slash may be left out, as on the server.
 */
export type ApiPath<M extends "get" | "post" | "put" | "patch" | "delete"> = Relative<With<M>>;
