/** What `files.link` answers. */
interface FileLink {
  url: string;
  thumbnailUrl: string | null;
  expiresAt: string;
}

/** A link is not handed out when it has less than this left. */
const MARGIN_MS = 30_000;
/** The server's links are good for five minutes: a device whose clock is behind would keep one for longer … */
const AT_MOST_MS = 4 * 60_000;
/** … and one whose clock is ahead would never keep one. */
const AT_LEAST_MS = 20_000;
/** So many links are kept, those that were asked for last. */
const MOST = 1_000;

export interface FileLinks {
  /** An address to download a file from, or the smaller image of it, if there is one. */
  link(input: { fileId: string; thumbnail?: boolean }): Promise<string>;
  /** They were for somebody who is not signed in any more. */
  clear(): void;
}

/** Keeps links as long as they are good, and asks once for those that are wanted several times at the same moment. */
export function createFileLinks(ask: (fileId: string) => Promise<FileLink>): FileLinks {
  const kept = new Map<string, { answer: Promise<FileLink>; goodUntil: number }>();

  function begin(fileId: string): Promise<FileLink> {
    const entry = { answer: ask(fileId), goodUntil: Number.POSITIVE_INFINITY };
    kept.delete(fileId);
    kept.set(fileId, entry);
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    entry.answer.then(
      ({ expiresAt }) => {
        const now = Date.now();
        const left = Date.parse(expiresAt) - MARGIN_MS - now;
        entry.goodUntil = now + Math.max(AT_LEAST_MS, Math.min(AT_MOST_MS, left));
      },
      () => {
        if (kept.get(fileId) === entry) kept.delete(fileId);
      },
    );
    return entry.answer;
  }

  return {
    async link({ fileId, thumbnail = false }) {
      const entry = kept.get(fileId);
      const { url, thumbnailUrl } = await (entry && entry.goodUntil > Date.now()
        ? entry.answer
        : begin(fileId));
      return thumbnail ? (thumbnailUrl ?? url) : url;
    },
    clear: () => kept.clear(),
  };
}
