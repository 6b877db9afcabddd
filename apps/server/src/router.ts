import { authRouter } from './auth/router.ts';
import { conversationsRouter } from './conversations/router.ts';
import { eventsRouter } from './events/router.ts';
import { groupsRouter } from './groups/router.ts';
import { messagesRouter } from './messages/router.ts';
import { syncRouter } from './sync/router.ts';
import { router } from './trpc.ts';
import { usersRouter } from './users/router.ts';

/** The whole API. */
export const apiRecord = {
  auth: authRouter,
  users: usersRouter,
  conversations: conversationsRouter,
  groups: groupsRouter,
  messages: messagesRouter,
  events: eventsRouter,
  sync: syncRouter,
};

export const appRouter = router(apiRecord);
export type AppRouter = typeof appRouter;
