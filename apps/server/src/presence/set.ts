import type { Availability } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { append } from '../events/append.ts';

/**
 * Sets how the caller wants to be taken, on all devices and until they say otherwise. Who becomes invisible was here
 * until now, as far as others see.
 */
export async function setAvailability(ctx: SignedIn, input: { status: Availability }): Promise<null> {
  const { database, presence, clock } = ctx.app;
  const { userId: id } = ctx.session;
  const { status: availability } = input;
  const leaves = availability === 'invisible' && presence.isConnected(id);
  await database.transaction(async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id, availability: { not: availability } },
      data: { availability, ...(leaves && { lastSeenAt: clock.now() }) },
    });
    if (count > 0) await append(tx, { topic: id, type: 'account.updated', refs: {} });
  });
  return null;
}
