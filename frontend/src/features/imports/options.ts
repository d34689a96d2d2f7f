import type { Options } from "./flow";

/** How files are read until somebody says otherwise. */
export const DEFAULTS: Options = { format: "auto", on_problem: "skip", group_by: "none", tags: [] };
