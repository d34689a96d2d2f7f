import { Api } from "./api";

interface DrawnBox {
  label: string;
  box: [number, number, number, number];
}

interface DrawnRegion {
  label: string;
  kind: "region";
  start: number;
  end: number;
}

export type Drawn = DrawnBox | DrawnRegion;

/** What each person draws on the sample at this place. */
export type Says = (person: number, place: number) => readonly Drawn[];

export interface Together {
  campaign: string;
  /** Usernames, in the order in which they answer. */
  people: readonly string[];
  samples: readonly { id: string; name: string }[];
}

export interface Asked {
  project: string;
  dataset: string;
  name: string;
  people: number;
  samples: number;
  /** The share of the answers that must say the same. */
  quorum?: number;
  /** A sample that is not asked about, and the share of samples like it, whose answer is known. */
  except?: string;
  gold?: number;
}

const SETTLED_MS = 60_000;
const PASSWORD = "a-long-enough-secret";
let made = 0;

interface Claimed {
  items: { id: string; sample: { id: string } }[];
}

/** Somebody new who may label in the project, with an API of their own. */
export async function annotator(api: Api, url: string, project: string): Promise<{ name: string; own: Api }> {
  made += 1;
  const name = `ann-${Date.now()}${made}`;
  await api.post("users/", { username: name, password: PASSWORD });
  await api.put(`projects/${project}/members/${name}/`, { role: "annotator" });
  return { name, own: await Api.signIn(url, name, PASSWORD) };
}

/** A task whose first samples several people answer, each as they are told; waits until all of it is compared. */
export async function answeredTogether(api: Api, url: string, asked: Asked, says: Says): Promise<Together> {
  const { project, dataset, name, quorum = 0.5, except = "", gold = 0 } = asked;
  const listed = await api.get<{ results: { id: string; name: string }[] }>(
    `datasets/${dataset}/samples/?limit=${asked.samples + 1}`,
  );
  const samples = listed.results.filter(({ id }) => id !== except).slice(0, asked.samples);
  const place = new Map(samples.map(({ id }, at) => [id, at]));
  const begun = await api.post<{ id: string; counts: { total: number } }>("campaigns/", {
    dataset,
    name,
    selection: { filter: "ids", ids: [...place.keys()] },
    assignees: [],
    overlap: asked.people,
    review: { rate: 0 },
    consensus: { method: "majority", quorum, min_iou: 0.5 },
    ...(gold > 0 ? { gold: { rate: gold } } : {}),
  });
  const { id: campaign } = begun;
  const people: string[] = [];
  for (let person = 0; person < asked.people; person += 1) {
    const { name: username, own } = await annotator(api, url, project);
    people.push(username);
    for (;;) {
      const { items } = await own.post<Claimed>(`campaigns/${campaign}/claim/`, { count: 1 });
      const item = items[0];
      if (!item) break;
      const drawn = says(person, place.get(item.sample.id) ?? 0);
      const shapes = drawn.map((one) => ({
        kind: "box",
        ...one,
        id: crypto.randomUUID(),
        source: "human",
      }));
      const body = { item: item.id, revision: 0, shapes, state: "submitted", seconds_spent: 3 };
      await own.put(`annotations/${crypto.randomUUID()}/`, body);
    }
  }
  await settled(api, campaign, begun.counts.total / asked.people);
  return { campaign, people, samples };
}

async function settled(api: Api, campaign: string, samples: number): Promise<void> {
  const deadline = Date.now() + SETTLED_MS;
  while (Date.now() < deadline) {
    const { states } = await api.get<{ states: Record<string, number> }>(`campaigns/${campaign}/agreement/`);
    const { due = 0, ...others } = states;
    const done = Object.values(others).reduce((sum, count) => sum + count, 0);
    if (due === 0 && done === samples) return;
    await new Promise((wait) => setTimeout(wait, 500));
  }
  throw new Error("the answers are not settled");
}

const SHARED: DrawnBox["box"] = [20, 20, 60, 60];
const ASIDE: DrawnBox["box"] = [110, 110, 50, 50];

/** All say the same of one object; of the samples at `differing` the last person gives the other another class. */
export const differingIn =
  (labels: readonly [string, string], people: number, differing: readonly number[]): Says =>
  (person, place) => [
    { label: labels[0], box: SHARED },
    { label: labels[person === people - 1 && differing.includes(place) ? 1 : 0], box: ASIDE },
  ];
