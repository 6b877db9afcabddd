import type { Member, Message } from '@parley/client';
import { nameOf } from '../people/names.ts';

type Mentions = NonNullable<Message['mentions']>;

/** Who is called by name in a text; undefined: nobody. */
export function mentionsIn(
  text: string,
  members: readonly Member[],
  mayCallAll: boolean,
): Mentions | undefined {
  const names = new Set([...text.matchAll(/(?<!\w)@(\w+)/gu)].map(([, name]) => name!.toLowerCase()));
  const userIds = members
    .filter(({ user }) => names.has(user.username.toLowerCase()))
    .map(({ user }) => user.id);
  const everyone = mayCallAll && members.length > 2 && names.has('everyone');
  if (userIds.length === 0 && !everyone) return undefined;
  return { userIds: userIds.slice(0, 50), ...(everyone && { everyone: true }) };
}

/** Who may be meant by the name that is being written just now. */
export function beingCalled(
  text: string,
  caret: number,
  members: readonly Member[],
  mayCallAll: boolean,
): { username: string; name: string }[] {
  const begun = /(?:^|\s)@(\w*)$/u.exec(text.slice(0, caret))?.[1]?.toLowerCase();
  if (begun === undefined || members.length <= 2) return [];
  const all = members.map(({ user }) => ({ username: user.username, name: nameOf(user) }));
  if (mayCallAll) all.push({ username: 'everyone', name: 'Everyone' });
  return all
    .filter(({ name, username }) =>
      [name, username].some((one) => one.toLowerCase().startsWith(begun) && username.toLowerCase() !== begun),
    )
    .slice(0, 6);
}
