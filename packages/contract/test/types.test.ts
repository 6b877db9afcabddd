import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type * as contract from '../src/index.ts';

/** What a schema gives, and a type with its parts put together: the two are compared exactly. */
type Of<Schema extends z.ZodType> = Flat<z.infer<Schema>>;
type Flat<Value> = Value extends object
  ? // Of any JSON there is no end.
    { [Key in keyof Value]: Key extends 'metadata' ? Value[Key] : Flat<Value[Key]> }
  : Value;

test('the types are those of the schemas', () => {
  expectTypeOf<Of<typeof contract.message>>().toEqualTypeOf<Flat<contract.Message>>();
  expectTypeOf<Of<typeof contract.member>>().toEqualTypeOf<Flat<contract.Member>>();
  expectTypeOf<Of<typeof contract.conversation>>().toEqualTypeOf<Flat<contract.Conversation>>();
  expectTypeOf<Of<typeof contract.membershipSettings>>().toEqualTypeOf<contract.MembershipSettings>();
  expectTypeOf<Of<typeof contract.membership>>().toEqualTypeOf<Flat<contract.Membership>>();
  expectTypeOf<Of<typeof contract.conversationView>>().toEqualTypeOf<Flat<contract.ConversationView>>();
  expectTypeOf<Of<typeof contract.invite>>().toEqualTypeOf<contract.Invite>();
  expectTypeOf<Of<typeof contract.invitePreview>>().toEqualTypeOf<contract.InvitePreview>();
  expectTypeOf<Of<typeof contract.publicUser>>().toEqualTypeOf<Flat<contract.PublicUser>>();
  expectTypeOf<Of<typeof contract.ownUser>>().toEqualTypeOf<Flat<contract.OwnUser>>();
  expectTypeOf<Of<typeof contract.profile>>().toEqualTypeOf<Flat<contract.Profile>>();
  expectTypeOf<Of<typeof contract.settings>>().toEqualTypeOf<Flat<contract.Settings>>();
  expectTypeOf<Of<typeof contract.chatEvent>>().toEqualTypeOf<Flat<contract.ChatEvent>>();
  expectTypeOf<Of<typeof contract.streamNotice>>().toEqualTypeOf<Flat<contract.StreamNotice>>();
});
