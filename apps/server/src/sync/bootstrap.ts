import {
  type Block,
  type Contact,
  type ConversationView,
  type Friend,
  type FriendRequest,
  LIMITS,
  type OwnUser,
  type Scheduled,
  type Story,
} from '@parley/contract';
import { loadBlocks } from '../blocks/view.ts';
import { loadContacts } from '../contacts/view.ts';
import type { SignedIn } from '../context.ts';
import { loadViews } from '../conversations/view.ts';
import { atOneMoment } from '../database/snapshot.ts';
import type { Cursor } from '../events/cursor.ts';
import { readHead } from '../events/read-log.ts';
import { loadFriendRequests, loadFriends } from '../friends/view.ts';
import { loadScheduled } from '../scheduled/view.ts';
import { loadStories } from '../stories/view.ts';
import { loadOwnUser } from '../users/me.ts';

/** Conversations of one snapshot; older ones are loaded when somebody asks for them. */
export const BOOTSTRAP_CONVERSATIONS = 500;
/** The same of threads. */
const BOOTSTRAP_THREADS = 100;

/** What a client starts from. The stream goes on from `cursor`, and nothing falls between. */
export interface Snapshot {
  cursor: Cursor;
  me: OwnUser;
  /** The most recently active first. */
  conversations: ConversationView[];
  hasMore: boolean;
  /** The most recently active of those that the caller follows. */
  threads: ConversationView[];
  /** Of each of these the newest first. */
  friends: Friend[];
  friendRequests: FriendRequest[];
  contacts: Contact[];
  blocks: Block[];
  /** Those of others that the caller sees, with their own: the newest. */
  stories: Story[];
  /** The next one first, and those that could not be sent. */
  scheduled: Scheduled[];
}

/** The caller's world and the log's position, both of one moment. */
export function bootstrap(ctx: SignedIn): Promise<Snapshot> {
  const { database, log, clock } = ctx.app;
  const { userId } = ctx.session;
  return atOneMoment(database, async (client) => {
    const position = await readHead(client);
    const me = await loadOwnUser(client, userId);
    const views = await loadViews(client, userId, {
      what: 'conversations',
      limit: BOOTSTRAP_CONVERSATIONS + 1,
    });
    return {
      cursor: log.cursor(position),
      me,
      conversations: views.slice(0, BOOTSTRAP_CONVERSATIONS),
      hasMore: views.length > BOOTSTRAP_CONVERSATIONS,
      threads: await loadViews(client, userId, { what: 'threads', limit: BOOTSTRAP_THREADS }),
      friends: await loadFriends(client, userId),
      friendRequests: await loadFriendRequests(client, userId),
      contacts: await loadContacts(client, userId),
      blocks: await loadBlocks(client, userId),
      stories: await loadStories(client, userId, clock.now(), LIMITS.storiesShown),
      scheduled: await loadScheduled(client, userId),
    };
  });
}
