import { sessionEvents } from './auth/events.ts';
import { conversationEvents } from './conversations/events.ts';
import type { Hydrators } from './events/hydrate.ts';
import { messageEvents } from './messages/events.ts';
import { settingsEvents } from './settings/events.ts';
import { userEvents } from './users/events.ts';

/** How each type of event is read back from the log. */
export const hydrators: Hydrators = {
  ...conversationEvents,
  ...messageEvents,
  ...sessionEvents,
  ...settingsEvents,
  ...userEvents,
};
