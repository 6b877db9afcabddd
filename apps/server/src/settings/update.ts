import type { Settings } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import type { User } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import { changeUser } from '../users/change-user.ts';

/** What is given is changed; what is not stays. */
export type SettingsChange = { [Name in keyof Settings]?: Settings[Name] | undefined };

/** Changes the caller's settings, and tells their devices. What is so already is no change. */
export function updateSettings(ctx: SignedIn, change: SettingsChange): Promise<Settings> {
  const { userId } = ctx.session;
  return ctx.app.database.transaction(async (tx) => {
    const { user, isChanged } = await changeUser(tx, userId, change);
    const settings = settingsOf(user);
    if (isChanged) await append(tx, { topic: userId, type: 'settings.updated', refs: settings });
    return settings;
  });
}

const settingsOf = ({ dmPolicy, lastSeenFor, readReceipts, groupAddsBy }: User): Settings => ({
  dmPolicy,
  lastSeenFor,
  readReceipts,
  groupAddsBy,
});
