const JOB_MS = 240_000;
const POLL_MS = 250;
const TRIES = 5;

export interface Job {
  id: string;
  state: string;
  result: Record<string, unknown> | null;
  error: unknown;
}

/** The public API with a token, as a script would call it. */
export class Api {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async signIn(url: string, username: string, password: string): Promise<Api> {
    const response = await patiently(`${url}/api/v1/auth/token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    const { token } = await answerOf<{ token: string }>(response, "POST auth/token");
    return new Api(url, token);
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>("GET", path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("POST", path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("PATCH", path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("PUT", path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.send("DELETE", path);
  }

  /** Send a file as a form and wait for the import. */
  async import(dataset: string, archive: Buffer, name = "pictures.zip"): Promise<Job> {
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(archive)], { type: "application/zip" }), name);
    const { job } = await this.send<{ job: Job }>("POST", `datasets/${dataset}/imports/`, form);
    return this.done(job.id);
  }

  /** Wait until a job has succeeded. */
  async done(id: string): Promise<Job> {
    const deadline = Date.now() + JOB_MS;
    while (Date.now() < deadline) {
      const job = await this.get<Job>(`jobs/${id}/`);
      if (job.state === "succeeded") return job;
      if (job.state === "failed" || job.state === "cancelled")
        throw new Error(`job ${id} ${job.state}: ${JSON.stringify(job.error)}`);
      await new Promise((wait) => setTimeout(wait, POLL_MS));
    }
    throw new Error(`job ${id} takes too long`);
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isForm = body instanceof FormData;
    const response = await patiently(`${this.url}/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(isForm || body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    return answerOf<T>(response, `${method} ${path}`);
  }
}

/** A studio that says "not now, come back in so many seconds" is asked again then, as any client should. */
async function patiently(address: string, init: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(address, init);
    const wait = Number(response.headers.get("Retry-After"));
    if (response.status !== 503 || !wait || tries === TRIES) return response;
    console.log(`${address}: ${await response.text()}; asked again in ${wait} s`);
    await new Promise((go) => setTimeout(go, wait * 1_000));
  }
}

async function answerOf<T>(response: Response, what: string): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what}: ${response.status} ${text}`);
  return JSON.parse(text || "null");
}
