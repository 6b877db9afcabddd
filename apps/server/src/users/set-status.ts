import type { OwnUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { invalidInput } from '../error.ts';
import { changeProfile } from './update-profile.ts';

/** Says something of the moment, until then or until it is changed; null takes it back. */
export async function setStatus(
  ctx: SignedIn,
  status: { text: string; until?: string | null | undefined } | null,
): Promise<OwnUser> {
  const statusUntil = status?.until ? new Date(status.until) : null;
  if (statusUntil && statusUntil <= ctx.app.clock.now()) throw invalidInput('until', 'lies in the past');
  return changeProfile(ctx, { statusText: status?.text ?? null, statusUntil });
}
