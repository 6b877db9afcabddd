import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientMessageIdOf, messageId } from '../src/message-id.ts';

const uuid = fc.uuid({ version: 7 });

test('a message’s id is a UUID of the same version that both sides know, and the key can be had back from it', () => {
  fc.assert(
    fc.property(uuid, uuid, (senderId, key) => {
      const id = messageId(senderId, key);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(clientMessageIdOf({ id, senderId })).toBe(key);
    }),
  );
});

test('one person’s keys are not another’s', () => {
  fc.assert(
    fc.property(uuid, uuid, uuid, (one, other, key) => {
      fc.pre(one.slice(24) !== other.slice(24));
      expect(messageId(one, key)).not.toBe(messageId(other, key));
    }),
  );
});
