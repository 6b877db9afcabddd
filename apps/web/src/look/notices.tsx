import { createContext, type ReactNode, use, useCallback, useState } from 'react';
import { describeError } from './describe-error.ts';

interface Notices {
  /** Says something for some seconds. */
  say: (text: string) => void;
  /** Waits for what somebody has asked for, and says why it failed if it does. */
  attempt: (work: Promise<unknown>) => Promise<boolean>;
}

const NoticesContext = createContext<Notices | null>(null);
const SHOWN_FOR_MS = 6_000;

export const useNotices = (): Notices => use(NoticesContext)!;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<{ key: number; text: string }[]>([]);
  const say = useCallback((text: string) => {
    const notice = { key: performance.now(), text };
    setNotices((shown) => [...shown.slice(-2), notice]);
    setTimeout(() => setNotices((shown) => shown.filter((one) => one !== notice)), SHOWN_FOR_MS);
  }, []);
  const attempt = useCallback(
    (work: Promise<unknown>) =>
      work.then(
        () => true,
        (error: unknown) => {
          say(describeError(error));
          return false;
        },
      ),
    [say],
  );
  return (
    <NoticesContext value={{ say, attempt }}>
      {children}
      <div className="notices" role="status">
        {notices.map(({ key, text }) => (
          <p key={key}>{text}</p>
        ))}
      </div>
    </NoticesContext>
  );
}
