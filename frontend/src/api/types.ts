import type { Asked } from "@/annotator/asking";
import type { Geometry } from "@/annotator/forms";
import type { ShapeKind } from "@/annotator/model";
import type { Link, RelationType } from "@/annotator/text/relations";
/** What the API's resources look like. Times are ISO strings, ids UUID strings. */

export interface PageOf<T> {
  results: T[];
  next: string | null;
  previous: string | null;
  count?: number;
}

export type Role = "annotator" | "viewer" | "reviewer" | "modeler" | "manager";
export type Permission =
  | "access_project"
  | "view_project"
  | "label_project"
  | "review_project"
  | "curate_project"
  | "train_project"
  | "deploy_project"
  | "manage_project";

export interface MembershipOfMe {
  project: string;
  project_name: string;
  role: Role;
  permissions: Permission[];
}

export interface Me {
  id: string;
  username: string;
  display_name: string;
  language: "en" | "zh-Hans";
  theme: "system" | "light" | "dark";
  is_admin: boolean;
  preferences: Record<string, unknown>;
  may_create_projects?: boolean;
  memberships: MembershipOfMe[];
}

export interface Project {
  id: string;
  name: string;
  description: string;
  template: string;
  is_demo: boolean;
  created_at: string;
  role: Role | null;
  permissions: Permission[];
  counts: Record<"samples" | "labeled" | "versions" | "runs" | "models" | "endpoints" | "members", number>;
}

export interface Member {
  username: string;
  display_name: string;
  role: Role;
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/** What a job is about; `belongs_to` is the data set or the model of a version. */
export interface JobSubject {
  kind: "dataset" | "version" | "run" | "model" | "model_version" | "report";
  id: string;
  belongs_to: string | null;
  name: string;
  number: number | null;
  gone: boolean;
}

export interface Job {
  id: string;
  kind: string;
  state: JobState;
  project?: string | null;
  progress: { done: number; total: number | null; unit: string; eta_s: number | null };
  error: { code: string; detail: string } | null;
  result: Record<string, unknown> | null;
  attempts: number;
  cancel_requested?: boolean;
  /** Only where jobs are listed or one is read. */
  subject?: JobSubject | null;
  /** The training run behind the job, where the API says. */
  run?: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export type ImageTask =
  | "image_classification"
  | "image_multilabel"
  | "object_detection"
  | "semantic_segmentation"
  | "instance_segmentation"
  | "keypoints";
export type TextTask = "text_classification" | "text_multilabel" | "ner";
export type TableTask = "tabular_classification" | "tabular_regression";
export type AudioTask = "audio_classification" | "audio_events";
export type TaskType = ImageTask | TextTask | TableTask | AudioTask;

export interface LabelClass {
  id: string;
  index: number;
  name: string;
  name_zh: string;
  color: string;
  key: string;
  description: string;
  /** The names of the key points and the pairs that hang together. */
  skeleton?: {
    readonly points: readonly string[];
    readonly lines: readonly (readonly [number, number])[];
  } | null;
  /** What is asked of each of its objects. */
  attributes?: readonly Asked[];
  count?: number;
}

export interface LabelSchema {
  revision: number;
  classes: LabelClass[];
  /** What spans may be to one another. */
  relations?: RelationType[];
}

export interface Dataset {
  id: string;
  project: string;
  name: string;
  modality: string;
  task: TaskType;
  label_schema: LabelSchema;
  counts: { samples: number; labeled: number; unlabeled: number };
  created_at: string;
  /** Of a branch, the version it was made from; lists do not say it. */
  origin?: { version: string; number: number; dataset: string; dataset_name: string } | null;
}

/** A box in pixels of the upright image: x, y, width, height. */
export type BoxTuple = readonly [x: number, y: number, w: number, h: number];

export interface Shape extends Geometry {
  readonly id: string;
  readonly kind: ShapeKind;
  readonly label: string;
  /** Of a span, where it begins and ends in the text in Unicode code points. */
  readonly start?: number;
  readonly end?: number;
  /** Of a span, the relations that begin at it. */
  readonly relations?: readonly Link[];
  readonly box?: BoxTuple;
  readonly score?: number;
  readonly source: "human" | "import" | "model";
}

export type SampleState = "unlabeled" | "draft" | "labeled" | "reviewed" | "rejected";

export type SampleShape = Shape;

/** What a text says of itself; nothing of it is there for a picture. */
export interface TextPayload {
  characters?: number;
  lines?: number;
  excerpt?: string;
  encoding?: string;
}

/** What a recording says of itself: its length, and the loudest moments of equal stretches from 0 to 100. */
export interface SoundPayload {
  duration_s?: number;
  rate?: number;
  channels?: number;
  format?: string;
  bars?: number[];
}

export interface Sample {
  id: string;
  dataset: string;
  name: string;
  modality: string;
  media_type: string;
  payload: { width: number; height: number; mode?: string; frames?: number } & TextPayload & SoundPayload;
  state: SampleState;
  split: string | null;
  group: string | null;
  labels: string[];
  annotation: { revision: number; shapes: SampleShape[]; source: string } | null;
  findings: string[];
  tags: string[];
  imported_at: string;
  size_bytes: number;
  sha256: string;
  thumb_url: string | null;
  media_url: string;
  /** Cosine to the sample asked about, only in answers to `similar_to`. */
  similarity?: number;
}

/** Who labeled a sample elsewhere, in the words of an imported file; a member is a namesake here. */
export interface SampleOrigin {
  tool: string;
  annotator: string;
  annotator_member: string | null;
  reviewer: string;
  reviewer_member: string | null;
  at: string | null;
  state: "" | "labeled" | "reviewed" | "skipped";
}

/** What was said of a sample once. */
export interface SampleRevision {
  revision: number;
  source: string;
  state: SampleState;
  actor: string | null;
  at: string;
  objects: number;
  origin: SampleOrigin | null;
}

/** How several answers to one sample are settled; of `none` each counts alone. */
export interface Settling {
  method: "none" | "majority" | "weighted";
  /** The share of the answers that must say the same. */
  quorum: number;
  /** From which overlap on two shapes are one object. */
  min_iou: number;
}

export interface Campaign {
  id: string;
  dataset: string;
  project: string;
  name: string;
  task: TaskType;
  selection: Record<string, unknown>;
  assignees: string[];
  overlap: number;
  review: { rate: number };
  consensus: Settling;
  /** Samples that wait for a reviewer to settle them; 0 for those who do not review. */
  conflicts: number;
  /** The share of the samples whose answer is known; 0 for those who only answer. */
  gold: { rate: number };
  order: "given" | "random" | "active";
  guideline: string;
  /** Which version is in force; 0: none was written. */
  guideline_number: number;
  due: string | null;
  state: "open" | "closed";
  counts: Record<"total" | "new" | "leased" | "submitted" | "accepted" | "rejected" | "skipped", number>;
  mine: { open: number; done: number };
  may: { label: boolean; review: boolean; manage: boolean };
  created_at: string;
  /** Only on one campaign, not in lists. */
  label_schema?: LabelSchema;
}

export interface ItemAnnotation {
  id: string | null;
  revision: number;
  state: string | null;
  shapes: Shape[];
  review: { verdict: "accept" | "fix" | "reject"; reason: string } | null;
}

/** What is to be labeled. */
export type ItemSample = Pick<Sample, "id" | "name" | "media_url" | "payload" | "thumb_url"> & {
  media_type: string;
};

export interface Item {
  id: string;
  campaign: string;
  sample: ItemSample;
  annotation: ItemAnnotation;
  lease_until: string | null;
  state: string;
  author?: string | null;
}

export interface Claim {
  items: Item[];
  peek?: Item[];
  remaining: number;
}

export interface Saved {
  id: string;
  revision: number;
  state: string;
  item_state: string;
  saved_at: string;
  /** Why a submission stayed a draft; `shapes` are the objects that are the reason. */
  findings: { code?: string; detail?: string; shapes?: string[] }[];
  next?: Item | null;
}
