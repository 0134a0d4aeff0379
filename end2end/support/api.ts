// The JSON API, for what a test prepares and checks beside the browser.
import { type APIRequestContext, expect } from "@playwright/test";

export class Api {
  constructor(
    private readonly request: APIRequestContext,
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async signIn(request: APIRequestContext, url: string, email: string, password: string): Promise<Api> {
    const reply = await request.post(`${url}/auth/login`, { data: { email, password } });
    expect(reply.status(), await reply.text()).toBe(200);
    return new Api(request, url, (await reply.json()).access_token);
  }

  private headers(more: Record<string, string> = {}): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, accept: "application/json", ...more };
  }

  async get<T>(path: string): Promise<T> {
    const reply = await this.request.get(this.url + path, { headers: this.headers() });
    expect(reply.status(), `${path}: ${await reply.text()}`).toBe(200);
    return reply.json();
  }

  async post<T>(path: string, data: unknown): Promise<T> {
    const lines = typeof data === "string"; // one object a line; bytes, because Playwright would quote a text that is not JSON
    const headers = this.headers({ "content-type": lines ? "application/x-ndjson" : "application/json" });
    const reply = await this.request.post(this.url + path, { headers, data: Buffer.from(lines ? data : JSON.stringify(data)) });
    expect(reply.ok(), `${path}: ${reply.status()} ${await reply.text()}`).toBeTruthy();
    return reply.json();
  }

  /** Waits until a search finds as many events. */
  async searchable(query: string, n: number): Promise<void> {
    const found = () => this.get<unknown[]>(`/events?size=500&query=${encodeURIComponent(query)}`).then((rows) => rows.length);
    await expect.poll(found, { message: `${n} events of ${query}` }).toBe(n);
  }

  /** Waits for an alert of this title and answers its id. */
  async alert(title: string): Promise<number> {
    type Alert = { id: number; title: string };
    const find = async () => (await this.get<Alert[]>("/alerts?limit=500")).find((a) => a.title === title);
    await expect.poll(find, { message: `an alert ${title}` }).toBeTruthy();
    return (await find())!.id;
  }
}
