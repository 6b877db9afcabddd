import type { PublicUser } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useCallback, useEffect, useState } from 'react';
import { shortTime } from '../conversations/time.ts';
import { Dialog } from '../look/dialog.tsx';
import { useNotices } from '../look/notices.tsx';
import { Avatar } from '../people/avatar.tsx';
import { nameOf } from '../people/names.ts';

interface Page {
  viewers: { user: PublicUser; at: string }[];
  next: string | null;
}

/** Who has seen a story of one's own, and when; the last to do so first. */
export function StoryViewers({ storyId, onClose }: { storyId: string; onClose: () => void }) {
  const chat = useChat();
  const { attempt } = useNotices();
  const [{ viewers, next }, setPage] = useState<Page>({ viewers: [], next: null });
  const load = useCallback(
    async (after?: string) => {
      const page = await chat.api.stories.viewers.query({ storyId, ...(after && { after }) });
      setPage((before) => ({
        ...page,
        viewers: after ? [...before.viewers, ...page.viewers] : page.viewers,
      }));
    },
    [chat, storyId],
  );
  useEffect(() => void attempt(load()), [attempt, load]);
  return (
    <Dialog title="Seen by" onClose={onClose}>
      <ul>
        {viewers.map(({ user, at }) => (
          <li key={user.id} className="person">
            <Avatar user={user} size="small" />
            <span className="grow ellipsis">{nameOf(user)}</span>
            <span className="quiet small">{shortTime(at)}</span>
          </li>
        ))}
      </ul>
      {next && (
        <button type="button" className="button" onClick={() => void attempt(load(next))}>
          More
        </button>
      )}
    </Dialog>
  );
}
