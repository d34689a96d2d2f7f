/**
 * Every feature's English words, as types. A new feature adds one line here, `en/<feature>.ts` and
 * `zh/<feature>.ts`; a key missing from either language does not compile.
 */
export interface Strings {
  app: typeof import("./en/app").default;
  ui: typeof import("./en/ui").default;
  errors: typeof import("./en/errors").default;
  keys: typeof import("./en/keys").default;
  auth: typeof import("./en/auth").default;
  home: typeof import("./en/home").default;
  annotate: typeof import("./en/annotate").default;
  grid: typeof import("./en/grid").default;
  conflicts: typeof import("./en/conflicts").default;
  active: typeof import("./en/active").default;
  agreement: typeof import("./en/agreement").default;
  campaigns: typeof import("./en/campaigns").default;
  guidelines: typeof import("./en/guidelines").default;
  learning: typeof import("./en/learning").default;
  questions: typeof import("./en/questions").default;
  workload: typeof import("./en/workload").default;
  rules: typeof import("./en/rules").default;
  labels: typeof import("./en/labels").default;
  projects: typeof import("./en/projects").default;
  data: typeof import("./en/data").default;
  tables: typeof import("./en/tables").default;
  explore: typeof import("./en/explore").default;
  checks: typeof import("./en/checks").default;
  bin: typeof import("./en/bin").default;
  imports: typeof import("./en/imports").default;
  augment: typeof import("./en/augment").default;
  clean: typeof import("./en/clean").default;
  changes: typeof import("./en/changes").default;
  cleanRows: typeof import("./en/cleanRows").default;
  versions: typeof import("./en/versions").default;
  runs: typeof import("./en/runs").default;
  reports: typeof import("./en/reports").default;
  models: typeof import("./en/models").default;
  endpoints: typeof import("./en/endpoints").default;
  jobs: typeof import("./en/jobs").default;
  me: typeof import("./en/me").default;
}

export type Feature = keyof Strings;

type Plural<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;

/** The keys one may ask for: `items_one` and `items_other` are both reached by `items`. */
export type Key<F extends Feature> = Plural<keyof Strings[F] & string>;

type Text<F extends Feature, K extends string> = K extends keyof Strings[F]
  ? Strings[F][K]
  : `${K}_other` extends keyof Strings[F]
    ? Strings[F][`${K}_other`]
    : never;

type Names<S> = S extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Names<Rest> : never;

/** A text with a singular and a plural is chosen by its count: written out as a string, neither is found. */
type Counted<F extends Feature, K extends string> = `${K}_other` extends keyof Strings[F]
  ? { count: number }
  : unknown;

/** What a text needs to be complete, read from its `{{placeholders}}`. */
export type Params<F extends Feature, K extends string> = [Names<Text<F, K>>] extends [never]
  ? []
  : [params: Record<Names<Text<F, K>>, string | number> & Counted<F, K>];

export type Translate<F extends Feature> = <K extends Key<F>>(key: K, ...params: Params<F, K>) => string;

/** The shape of another language: the same keys; Chinese has no singular. */
export type Translation<E> = { readonly [K in keyof E as K extends `${string}_one` ? never : K]: string };
