import { expectTypeOf, test } from "vitest";
import type { ApiPath } from "./paths";

test("a path of the API compiles, one it does not have, or has under another verb, does not", () => {
  expectTypeOf<"campaigns/">().toExtend<ApiPath<"get">>();
  expectTypeOf<"items/1/skip/">().toExtend<ApiPath<"post">>();
  expectTypeOf<"auth/me">().toExtend<ApiPath<"get">>();
  expectTypeOf<"campaign/">().not.toExtend<ApiPath<"get">>();
  expectTypeOf<"home/">().not.toExtend<ApiPath<"post">>();
});
