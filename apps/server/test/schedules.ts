import { v7 } from 'uuid';
import type { Person } from './people.ts';

type Scheduling = Parameters<Person['api']['scheduled']['create']['mutate']>[0];

/** An hour from now, by this machine's clock. */
export const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

/** Schedules a text, for in an hour unless it is said otherwise. */
export const schedule = (
  person: Person,
  conversationId: string,
  text: string,
  more: Partial<Scheduling> = {},
) =>
  person.api.scheduled.create.mutate({
    conversationId,
    text,
    clientMessageId: v7(),
    sendAt: inAnHour(),
    ...more,
  });
