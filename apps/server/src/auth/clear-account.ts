import type { App } from '../context.ts';
import { whereabouts } from '../conversations/whereabouts.ts';
import { forgetDrafts } from '../drafts/set.ts';
import { forgetExports } from '../export/request.ts';
import { forgetFiles } from '../files/forget.ts';
import { withdraw } from '../groups/withdraw.ts';
import { eraseMessages, forgetHidden } from '../messages/erase.ts';
import { forgetPerson } from '../people/forget.ts';
import { eraseReactions } from '../reactions/remove.ts';
import { forgetScheduled } from '../scheduled/cancel.ts';
import { forgetStories } from '../stories/forget.ts';
import { tellAudience } from '../users/announce-user.ts';

/** An account that was deleted, and whether its messages go too. */
export interface ClearAccountJob {
  userId: string;
  erase: boolean;
}

/**
 * What is left to do for an account that was deleted: whoever sees it hears of it, it is nobody's friend or contact
 * any more, it leaves its groups and their threads, and its messages are erased if that was asked for. Each is a small transaction of
 * its own, and done again it changes nothing, so that it can be broken off and begun again anywhere.
 */
export async function clearAccount(app: App, { userId, erase }: ClearAccountJob): Promise<void> {
  const { directs, groups, threads, former } = await whereabouts(app.database, userId);
  await app.database.transaction((tx) => tellAudience(tx, userId));
  await forgetPerson(app, userId);
  await forgetStories(app, userId);
  await forgetDrafts(app, userId);
  await forgetScheduled(app, userId);
  for (const conversationId of groups) await withdraw(app, { conversationId, userId });
  for (const conversationId of erase ? [...directs, ...groups, ...threads, ...former] : []) {
    await eraseReactions(app, conversationId, userId);
    await eraseMessages(app, { conversationId, senderId: userId });
  }
  await forgetHidden(app, userId);
  await forgetExports(app, userId);
  await forgetFiles(app, userId);
}
