import { type ChatState, ownStoriesOf, type StoriesOfAuthor, type Story, storiesOf } from '@parley/client';
import { useCallback, useEffect, useState } from 'react';
import { sameItems } from './same.ts';
import { timers } from './timers.ts';
import { useChatState } from './use-chat-state.ts';

/** Stories that are not over. */
export interface ShownStories {
  /** One's own, the newest first. */
  own: readonly Story[];
  /** Those of others, by author: whoever has one that was not seen comes first. */
  others: readonly StoriesOfAuthor[];
}

/** The longest wait that a timer takes is 24 days; a story does not live so long. */
const LONGEST_MS = 86_400_000;

/** The stories that this person sees; undefined until they are known. One that is over goes by itself. */
export function useStories(): ShownStories | undefined {
  const [now, setNow] = useState(() => Date.now());
  const select = useCallback(
    (state: ChatState): ShownStories | undefined =>
      state.stories && { own: ownStoriesOf(state, now), others: storiesOf(state, now) },
    [now],
  );
  const shown = useChatState(select, sameStories);
  const next = nextEnd(shown);
  useEffect(() => {
    if (next === null) return;
    // A timer may be early: then it is waited for once more.
    const left = Math.min(LONGEST_MS, Math.max(1, next - Math.max(now, Date.now())));
    const timer = timers.setTimeout(() => setNow(Date.now()), left);
    return () => timers.clearTimeout(timer);
  }, [next, now]);
  return shown;
}

function nextEnd(shown: ShownStories | undefined): number | null {
  const all = shown ? [...shown.own, ...shown.others.flatMap(({ stories }) => stories)] : [];
  return all.length > 0 ? Math.min(...all.map(({ expiresAt }) => Date.parse(expiresAt))) : null;
}

const sameStories = (a: ShownStories | undefined, b: ShownStories | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    sameItems(a.own, b.own) &&
    a.others.length === b.others.length &&
    a.others.every(({ author, stories }, n) => {
      const other = b.others[n]!;
      return author === other.author && sameItems(stories, other.stories);
    }));
