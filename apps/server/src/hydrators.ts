import { sessionEvents } from './auth/events.ts';
import { blockEvents } from './blocks/events.ts';
import { contactEvents } from './contacts/events.ts';
import { conversationEvents } from './conversations/events.ts';
import { draftEvents } from './drafts/events.ts';
import type { Hydrators } from './events/hydrate.ts';
import { exportEvents } from './export/events.ts';
import { friendEvents } from './friends/events.ts';
import { messageEvents } from './messages/events.ts';
import { reactionEvents } from './reactions/events.ts';
import { retentionEvents } from './retention/events.ts';
import { scheduledEvents } from './scheduled/events.ts';
import { settingsEvents } from './settings/events.ts';
import { storyEvents } from './stories/events.ts';
import { threadEvents } from './threads/events.ts';
import { userEvents } from './users/events.ts';

/** How each type of event is read back from the log. */
export const hydrators: Hydrators = {
  ...blockEvents,
  ...contactEvents,
  ...conversationEvents,
  ...draftEvents,
  ...exportEvents,
  ...friendEvents,
  ...messageEvents,
  ...reactionEvents,
  ...scheduledEvents,
  ...retentionEvents,
  ...sessionEvents,
  ...settingsEvents,
  ...storyEvents,
  ...threadEvents,
  ...userEvents,
};
