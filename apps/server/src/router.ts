import { adminRouter } from './admin/router.ts';
import { authRouter } from './auth/router.ts';
import { blocksRouter } from './blocks/router.ts';
import { contactsRouter } from './contacts/router.ts';
import { conversationsRouter } from './conversations/router.ts';
import { draftsRouter } from './drafts/router.ts';
import { eventsRouter } from './events/router.ts';
import { accountRouter } from './export/router.ts';
import { filesRouter, uploadsRouter } from './files/router.ts';
import { friendRequestsRouter, friendsRouter } from './friends/router.ts';
import { groupsRouter } from './groups/router.ts';
import { invitesRouter } from './invites/router.ts';
import { messagesRouter } from './messages/router.ts';
import { presenceRouter } from './presence/router.ts';
import { reactionsRouter } from './reactions/router.ts';
import { reportsRouter } from './reports/router.ts';
import { scheduledRouter } from './scheduled/router.ts';
import { searchRouter } from './search/router.ts';
import { sessionsRouter } from './sessions/router.ts';
import { settingsRouter } from './settings/router.ts';
import { storiesRouter } from './stories/router.ts';
import { syncRouter } from './sync/router.ts';
import { threadsRouter } from './threads/router.ts';
import { router } from './trpc.ts';
import { typingRouter } from './typing/router.ts';
import { usersRouter } from './users/router.ts';

/** The whole API. */
export const apiRecord = {
  auth: authRouter,
  account: accountRouter,
  sessions: sessionsRouter,
  users: usersRouter,
  settings: settingsRouter,
  friends: friendsRouter,
  friendRequests: friendRequestsRouter,
  contacts: contactsRouter,
  blocks: blocksRouter,
  conversations: conversationsRouter,
  groups: groupsRouter,
  invites: invitesRouter,
  messages: messagesRouter,
  reactions: reactionsRouter,
  drafts: draftsRouter,
  scheduled: scheduledRouter,
  threads: threadsRouter,
  search: searchRouter,
  uploads: uploadsRouter,
  files: filesRouter,
  stories: storiesRouter,
  reports: reportsRouter,
  presence: presenceRouter,
  typing: typingRouter,
  events: eventsRouter,
  sync: syncRouter,
  admin: adminRouter,
};

export const appRouter = router(apiRecord);
export type AppRouter = typeof appRouter;
