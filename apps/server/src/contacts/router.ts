import { contact, id, LIMITS } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { createContact } from './create.ts';
import { getContact } from './get.ts';
import { removeContact } from './remove.ts';
import { updateContact } from './update.ts';
import { loadContacts } from './view.ts';

const person = z.strictObject({ userId: id });

const alias = z.string().trim().normalize('NFC').pipe(text(1, LIMITS.alias));

/** The caller's address book. Nobody else sees what is in it, or hears of it. */
export const contactsRouter = {
  /**
   * Puts somebody into it, under an alias if one is given. Returns the contact.
   *
   * Errors: `NOT_YOURSELF`, `NOT_FOUND` (user), `ALREADY_A_CONTACT`, `TOO_MANY`. Events: `contact.added`, to the
   * caller alone, as are the others.
   */
  create: procedure
    .meta({
      errors: ['NOT_YOURSELF', 'NOT_FOUND', 'ALREADY_A_CONTACT', 'TOO_MANY'],
      events: ['contact.added'],
    })
    .input(person.extend({ alias: alias.optional() }))
    .output(contact)
    .mutation(({ ctx, input }) => createContact(ctx, input)),

  /** All who are in it, or those who have the caller as a contact, too; the newest first. */
  list: procedure
    .input(z.strictObject({ mutualOnly: z.boolean().default(false) }))
    .output(z.object({ contacts: z.array(contact) }))
    .query(async ({ ctx, input }) => ({
      contacts: await loadContacts(ctx.app.database.pool, ctx.session.userId, input),
    })),

  /**
   * One who is in it.
   *
   * Errors: `NOT_FOUND` (contact).
   */
  get: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(person)
    .output(contact)
    .query(({ ctx, input }) => getContact(ctx, input)),

  /**
   * Gives one another alias; null takes it away. Returns the contact.
   *
   * Errors: `NOT_FOUND` (contact). Events: `contact.updated`, when it is another alias.
   */
  update: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['contact.updated'] })
    .input(person.extend({ alias: alias.nullable() }))
    .output(contact)
    .mutation(({ ctx, input }) => updateContact(ctx, input)),

  /**
   * Takes one out of it.
   *
   * Errors: `NOT_FOUND` (contact). Events: `contact.removed`.
   */
  remove: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['contact.removed'] })
    .input(person)
    .output(person)
    .mutation(({ ctx, input }) => removeContact(ctx, input)),
} satisfies TRPCRouterRecord;
