export const STATES = ["unlabeled", "draft", "labeled", "reviewed", "rejected"] as const;
export const SPLITS = ["train", "val", "test", "none"] as const;
