import { parseSetCookie, type SetCookie } from 'cookie';

/** Where the pages of a browser come from, if not said otherwise. */
export const PAGE = 'https://app.example.com';

/** What a browser keeps of a site, and how its pages' requests look. */
export class Browser {
  /** As they were set last, by name. */
  readonly cookies = new Map<string, SetCookie>();

  /** The value of a cookie that it would send. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name)?.value;
  }

  /** The `fetch` of a page: an `Origin`, and cookies where it asks for them. */
  readonly fetch = async (url: string | URL, init: RequestInit = {}, origin = PAGE): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('origin', origin);
    const included = init.credentials === 'include';
    if (included && this.cookies.size > 0) headers.set('cookie', this.header);
    const response = await fetch(url, { ...init, headers });
    if (included) this.take(response);
    return response;
  };

  /** What it sends as `Cookie`. */
  get header(): string {
    return [...this.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  take(response: Response): void {
    for (const text of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(text);
      if (cookie.maxAge === 0) this.cookies.delete(cookie.name);
      else this.cookies.set(cookie.name, cookie);
    }
  }
}
