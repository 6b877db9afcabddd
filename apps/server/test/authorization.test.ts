import { v7 } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isDatabaseAway } from '../src/database/away.ts';
import { appRouter } from '../src/router.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { mailTo, type ReceivedMail } from './inbox.ts';
import type { Person } from './people.ts';
import { rawSocket } from './raw-peer.ts';
import { mp4, pdf, photo } from './samples.ts';
import { inAnHour, schedule } from './schedules.ts';
import { type TestServer, testServer } from './server.ts';
import { begin, put, upload } from './uploads.ts';

/**
 * Who may call. A group has an owner, an admin and a member, and somebody who was put out of it; `stranger` was never
 * in it, nor were the moderator and the admin of the installation. `unverified` has a session, of the time when no
 * address was asked for. `banned` has the tokens of before. `blocked` is who the group's owner has blocked: the two
 * have a direct conversation, of before.
 */
const ACTORS = [
  'anonymous',
  'unverified',
  'banned',
  'stranger',
  'blocked',
  'exMember',
  'member',
  'groupAdmin',
  'owner',
  'moderator',
  'admin',
] as const;
type Actor = (typeof ACTORS)[number];

/** What a cell says. What is not here is the error's code itself. */
const CELLS: Record<string, string> = {
  ok: 'ok',
  '401': 'UNAUTHENTICATED',
  '404': 'NOT_FOUND',
  '403': 'FORBIDDEN',
  mail: 'EMAIL_NOT_VERIFIED',
  self: 'NOT_YOURSELF',
};

/**
 * One row for each procedure, and one more where it matters whom or what it is about: written by hand, from what the
 * product promises, and never from the code.
 */
const MATRIX = `
                                   anonymous unverified banned stranger blocked exMember member groupAdmin owner moderator admin
  users.me                         401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  users.get                        401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  users.search                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  users.list                       401       mail       401    404      404     404      404    404        404   404       404
  users.updateProfile              401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  users.updateProfile:taken        401       mail       401    USERNAME_TAKEN USERNAME_TAKEN USERNAME_TAKEN USERNAME_TAKEN USERNAME_TAKEN USERNAME_TAKEN USERNAME_TAKEN USERNAME_TAKEN
  users.setStatus                  401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  settings.get                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  settings.update                  401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  friends.list                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  friends.remove                   401       mail       401    404      404     404      404    404        ok    404       404
  friendRequests.send              401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  friendRequests.send:friend       401       mail       401    ok       ok      ok       ok     ok         ALREADY_FRIENDS ok ok
  friendRequests.send:owner        401       mail       401    ok       ok      ok       ok     ok         self  ok        ok
  friendRequests.send:blocked      401       mail       401    ok       self    ok       ok     ok         PERSON_BLOCKED ok ok
  friendRequests.list              401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  friendRequests.accept            401       mail       401    404      404     404      404    404        ok    404       404
  friendRequests.accept:own        401       mail       401    404      404     404      404    404        404   404       404
  friendRequests.accept:withheld   401       mail       401    404      404     404      404    404        404   404       404
  friendRequests.reject            401       mail       401    404      404     404      404    404        ok    404       404
  friendRequests.reject:own        401       mail       401    404      404     404      404    404        404   404       404
  friendRequests.reject:withheld   401       mail       401    404      404     404      404    404        404   404       404
  friendRequests.cancel            401       mail       401    404      404     404      404    404        ok    404       404
  friendRequests.cancel:theirs     401       mail       401    404      404     404      404    404        404   404       404
  friendRequests.cancel:withheld   401       mail       401    404      ok      404      404    404        404   404       404
  contacts.create                  401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  contacts.create:friend           401       mail       401    ok       ok      ok       ok     ok         ALREADY_A_CONTACT ok ok
  contacts.create:owner            401       mail       401    ok       ALREADY_A_CONTACT ok ALREADY_A_CONTACT ok self ok ok
  contacts.list                    401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  contacts.get                     401       mail       401    404      404     404      404    404        ok    404       404
  contacts.update                  401       mail       401    404      404     404      404    404        ok    404       404
  contacts.remove                  401       mail       401    404      404     404      404    404        ok    404       404
  blocks.add                       401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  blocks.add:owner                 401       mail       401    ok       ok      ok       ok     ok         self  ok        ok
  blocks.list                      401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  blocks.remove                    401       mail       401    404      404     404      404    404        ok    404       404
  blocks.remove:theirs             401       mail       401    404      404     404      404    404        404   404       404
  reports.create                   401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  reports.create:owner             401       mail       401    ok       ok      ok       ok     ok         self  ok        ok
  reports.create:message           401       mail       401    404      404     404      ok     ok         self  404       404
  reports.create:direct            401       mail       401    404      404     404      ok     404        self  404       404
  reports.create:withheld          401       mail       401    404      self    404      404    404        404   404       404
  reports.create:begun             401       mail       401    404      404     404      404    404        404   404       404
  reports.create:story             401       mail       401    404      404     404      ok     404        self  404       404
  reports.list                     401       mail       401    403      403     403      403    403        403   ok        ok
  reports.close                    401       mail       401    403      403     403      403    403        403   ok        ok
  reports.close:moderator          401       mail       401    403      403     403      403    403        403   404       ok
  reports.close:admin              401       mail       401    403      403     403      403    403        403   404       404
  presence.set                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  presence.get                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  typing.start                     401       mail       401    404      404     404      ok     ok         ok    404       404
  typing.start:direct              401       mail       401    404      404     404      ok     404        ok    404       404
  typing.start:blocked             401       mail       401    404      ok      404      404    404        ok    404       404
  typing.start:begun               401       mail       401    404      404     404      404    404        404   404       404
  typing.stop                      401       mail       401    404      404     404      ok     ok         ok    404       404
  typing.stop:direct               401       mail       401    404      404     404      ok     404        ok    404       404
  typing.stop:blocked              401       mail       401    404      ok      404      404    404        ok    404       404
  conversations.openDirect         401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  conversations.openDirect:owner   401       mail       401    ok       ok      ok       ok     ok         self  ok        ok
  conversations.openDirect:blocked 401       mail       401    ok       self    ok       ok     ok         ok    ok        ok
  conversations.list               401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  conversations.list:before        401       mail       401    404      404     404      ok     ok         ok    404       404
  conversations.list:begun         401       mail       401    404      404     404      404    404        404   404       404
  conversations.get                401       mail       401    404      404     404      ok     ok         ok    404       404
  conversations.get:direct         401       mail       401    404      404     404      ok     404        ok    404       404
  conversations.get:blocked        401       mail       401    404      ok      404      404    404        ok    404       404
  conversations.get:begun          401       mail       401    404      404     404      404    404        404   404       404
  conversations.members            401       mail       401    404      404     404      ok     ok         ok    404       404
  conversations.members:direct     401       mail       401    404      404     404      ok     404        ok    404       404
  conversations.members:blocked    401       mail       401    404      ok      404      404    404        ok    404       404
  conversations.members:begun      401       mail       401    404      404     404      404    404        404   404       404
  conversations.clear              401       mail       401    404      404     404      ok     ok         ok    404       404
  conversations.clear:direct       401       mail       401    404      404     404      ok     404        ok    404       404
  conversations.clear:blocked      401       mail       401    404      ok      404      404    404        ok    404       404
  conversations.clear:begun        401       mail       401    404      404     404      404    404        404   404       404
  conversations.setRetention       401       mail       401    404      404     404      403    403        ok    404       404
  conversations.setRetention:direct 401      mail       401    404      404     404      ok     404        ok    404       404
  conversations.setRetention:blocked 401     mail       401    404      ok      404      404    404        ok    404       404
  conversations.setRetention:begun 401       mail       401    404      404     404      404    404        404   404       404
  conversations.setRetention:thread 401      mail       401    404      404     404      404    404        IN_A_THREAD 404 404
  conversations.configure          401       mail       401    404      404     404      ok     ok         ok    404       404
  conversations.configure:direct   401       mail       401    404      404     404      ok     404        ok    404       404
  conversations.configure:blocked  401       mail       401    404      ok      404      404    404        ok    404       404
  conversations.configure:begun    401       mail       401    404      404     404      404    404        404   404       404
  groups.create                    401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  groups.create:owner              401       mail       401    ok       REFUSED_BY_SETTINGS ok ok ok ok ok ok
  groups.create:blocked            401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  groups.addMembers                401       mail       401    404      404     404      403    ok         ok    404       404
  groups.addMembers:direct         401       mail       401    404      404     404      NOT_A_GROUP 404 NOT_A_GROUP 404 404
  groups.removeMember              401       mail       401    404      404     404      403    ok         ok    404       404
  groups.removeMember:admin        401       mail       401    404      404     404      403    403        ok    404       404
  groups.removeMember:owner        401       mail       401    404      404     404      403    403        403   404       404
  groups.removeMember:stranger     401       mail       401    404      404     404      404    404        404   404       404
  groups.update                    401       mail       401    404      404     404      403    ok         ok    404       404
  groups.update:direct             401       mail       401    404      404     404      NOT_A_GROUP 404 NOT_A_GROUP 404 404
  groups.setRole                   401       mail       401    404      404     404      403    403        ok    404       404
  groups.setRole:myself            401       mail       401    404      404     404      403    403        OWNER_MUST_TRANSFER 404 404
  groups.setRole:owner             401       mail       401    404      404     404      403    403        OWNER_MUST_TRANSFER 404 404
  groups.setRole:stranger          401       mail       401    404      404     404      403    403        404   404       404
  groups.setRole:direct            401       mail       401    404      404     404      NOT_A_GROUP 404 NOT_A_GROUP 404 404
  groups.transferOwnership         401       mail       401    404      404     404      403    403        ok    404       404
  groups.transferOwnership:myself  401       mail       401    404      404     404      403    403        self  404       404
  groups.transferOwnership:stranger 401      mail       401    404      404     404      403    403        404   404       404
  invites.create                   401       mail       401    404      404     404      403    ok         ok    404       404
  invites.create:direct            401       mail       401    404      404     404      NOT_A_GROUP 404 NOT_A_GROUP 404 404
  invites.list                     401       mail       401    404      404     404      403    ok         ok    404       404
  invites.revoke                   401       mail       401    404      404     404      403    ok         ok    404       404
  invites.revoke:other             401       mail       401    404      404     404      403    404        404   404       404
  invites.preview                  401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  invites.preview:none             401       mail       401    INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE
  invites.accept                   401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  invites.accept:none              401       mail       401    INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE INVALID_INVITE
  groups.leave                     401       mail       401    404      404     404      ok     ok         OWNER_MUST_TRANSFER 404 404
  groups.leave:direct              401       mail       401    404      404     404      NOT_A_GROUP 404 NOT_A_GROUP 404 404
  groups.leave:begun               401       mail       401    404      404     404      404    404        404   404       404
  messages.send                    401       mail       401    404      404     404      ok     ok         ok    404       404
  messages.send:direct             401       mail       401    404      404     404      ok     404        ok    404       404
  messages.send:blocked            401       mail       401    404      ok      404      404    404        PERSON_BLOCKED 404 404
  messages.send:begun              401       mail       401    404      404     404      404    404        404   404       404
  messages.send:person             401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  messages.send:owner              401       mail       401    ok       ok      ok       ok     ok         self  ok        ok
  messages.send:blockedPerson      401       mail       401    ok       self    ok       ok     ok         PERSON_BLOCKED ok ok
  messages.forward                  401        mail       401    404      404     404      ok     ok         ok    404       404
  messages.forward:direct           401        mail       401    404      404     404      ok     404        ok    404       404
  messages.forward:withheld         401        mail       401    404      ok      404      404    404        404   404       404
  messages.edit                     401        mail       401    404      404     404      403    403        ok    404       404
  messages.edit:withheld            401        mail       401    404      ok      404      404    404        404   404       404
  messages.removePreview           401       mail       401    404      404     404      403    403        ok    404       404
  messages.removePreview:direct    401       mail       401    404      404     404      403    404        ok    404       404
  messages.removePreview:withheld  401       mail       401    404      ok      404      404    404        404   404       404
  messages.history                  401        mail       401    404      404     404      ok     ok         ok    404       404
  messages.history:withheld         401        mail       401    404      ok      404      404    404        404   404       404
  messages.delete                   401        mail       401    404      404     404      403    ok         ok    ok        ok
  messages.delete:direct            401        mail       401    404      404     404      403    404        ok    ok        ok
  messages.delete:withheld          401        mail       401    404      ok      404      404    404        404   ok        ok
  messages.delete:me                401        mail       401    404      404     404      ok     ok         ok    404       404
  messages.list                    401       mail       401    404      404     404      ok     ok         ok    404       404
  messages.list:direct             401       mail       401    404      404     404      ok     404        ok    404       404
  messages.list:blocked            401       mail       401    404      ok      404      404    404        ok    404       404
  messages.list:begun              401       mail       401    404      404     404      404    404        404   404       404
  messages.markRead                401       mail       401    404      404     404      ok     ok         ok    404       404
  messages.markRead:direct         401       mail       401    404      404     404      ok     404        ok    404       404
  messages.markRead:blocked        401       mail       401    404      ok      404      404    404        ok    404       404
  messages.markRead:begun          401       mail       401    404      404     404      404    404        404   404       404
  messages.pin                     401       mail       401    404      404     404      403    ok         ok    404       404
  messages.pin:direct              401       mail       401    404      404     404      ok     404        ok    404       404
  messages.pin:blocked             401       mail       401    404      ok      404      404    404        ok    404       404
  messages.pin:withheld            401       mail       401    404      ok      404      404    404        404   404       404
  messages.pin:begun               401       mail       401    404      404     404      404    404        404   404       404
  messages.unpin                   401       mail       401    404      404     404      403    ok         ok    404       404
  messages.unpin:direct            401       mail       401    404      404     404      ok     404        ok    404       404
  messages.unpin:blocked           401       mail       401    404      ok      404      404    404        ok    404       404
  messages.unpin:withheld          401       mail       401    404      ok      404      404    404        404   404       404
  messages.unpin:begun             401       mail       401    404      404     404      404    404        404   404       404
  messages.pinned                  401       mail       401    404      404     404      ok     ok         ok    404       404
  messages.pinned:direct           401       mail       401    404      404     404      ok     404        ok    404       404
  messages.pinned:blocked          401       mail       401    404      ok      404      404    404        ok    404       404
  messages.pinned:begun            401       mail       401    404      404     404      404    404        404   404       404
  reactions.add                    401       mail       401    404      404     404      ok     ok         ok    404       404
  reactions.add:direct             401       mail       401    404      404     404      ok     404        ok    404       404
  reactions.add:blocked            401       mail       401    404      ok      404      404    404        PERSON_BLOCKED 404       404
  reactions.add:withheld           401       mail       401    404      ok      404      404    404        404   404       404
  reactions.add:begun              401       mail       401    404      404     404      404    404        404   404       404
  reactions.remove                 401       mail       401    404      404     404      ok     ok         ok    404       404
  reactions.remove:direct          401       mail       401    404      404     404      ok     404        ok    404       404
  reactions.remove:blocked         401       mail       401    404      ok      404      404    404        ok    404       404
  reactions.remove:withheld        401       mail       401    404      ok      404      404    404        404   404       404
  reactions.remove:begun           401       mail       401    404      404     404      404    404        404   404       404
  reactions.list                   401       mail       401    404      404     404      ok     ok         ok    404       404
  reactions.list:direct            401       mail       401    404      404     404      ok     404        ok    404       404
  reactions.list:blocked           401       mail       401    404      ok      404      404    404        ok    404       404
  reactions.list:withheld          401       mail       401    404      ok      404      404    404        404   404       404
  reactions.list:begun             401       mail       401    404      404     404      404    404        404   404       404
  drafts.set                       401       mail       401    404      404     404      ok     ok         ok    404       404
  drafts.set:direct                401       mail       401    404      404     404      ok     404        ok    404       404
  drafts.set:blocked               401       mail       401    404      ok      404      404    404        ok    404       404
  drafts.set:begun                 401       mail       401    404      404     404      404    404        404   404       404
  scheduled.create                 401       mail       401    404      404     404      ok     ok         ok    404       404
  scheduled.create:direct          401       mail       401    404      404     404      ok     404        ok    404       404
  scheduled.create:blocked         401       mail       401    404      ok      404      404    404        ok    404       404
  scheduled.create:begun           401       mail       401    404      404     404      404    404        404   404       404
  scheduled.create:thread          401       mail       401    404      404     404      404    404        ok    404       404
  scheduled.list                   401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  scheduled.update                 401       mail       401    404      404     404      404    404        ok    404       404
  scheduled.cancel                 401       mail       401    404      404     404      404    404        ok    404       404
  scheduled.sendNow                401       mail       401    404      404     404      404    404        ok    404       404
  messages.markRead:unknown        401       mail       401    404      404     404      404    404        404   404       404
  messages.markDelivered           401       mail       401    404      404     404      ok     ok         ok    404       404
  messages.markDelivered:direct    401       mail       401    404      404     404      ok     404        ok    404       404
  messages.markDelivered:blocked   401       mail       401    404      ok      404      404    404        ok    404       404
  messages.markDelivered:begun     401       mail       401    404      404     404      404    404        404   404       404
  messages.markDelivered:unknown   401       mail       401    404      404     404      404    404        404   404       404
  messages.readers                 401       mail       401    404      404     404      ok     ok         ok    404       404
  messages.readers:direct          401       mail       401    404      404     404      ok     404        ok    404       404
  messages.readers:withheld        401       mail       401    404      ok      404      404    404        404   404       404
  messages.readers:begun           401       mail       401    404      404     404      404    404        404   404       404
  messages.undelivered             401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  search.messages                  401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  search.messages:group            401       mail       401    404      404     404      ok     ok         ok    404       404
  search.messages:direct           401       mail       401    404      404     404      ok     404        ok    404       404
  search.messages:blocked          401       mail       401    404      ok      404      404    404        ok    404       404
  search.messages:begun            401       mail       401    404      404     404      404    404        404   404       404
  search.messages:thread           401       mail       401    404      404     404      404    404        ok    404       404
  messages.send:thread             401       mail       401    404      404     404      404    404        ok    404       404
  messages.list:thread             401       mail       401    404      404     404      404    404        ok    404       404
  messages.delete:thread           401       mail       401    404      404     404      404    404        ok    ok        ok
  messages.markRead:thread         401       mail       401    404      404     404      404    404        ok    404       404
  conversations.get:thread         401       mail       401    404      404     404      404    404        ok    404       404
  conversations.members:thread     401       mail       401    404      404     404      404    404        ok    404       404
  conversations.list:thread        401       mail       401    404      404     404      404    404        404   404       404
  typing.start:thread              401       mail       401    404      404     404      404    404        ok    404       404
  groups.leave:thread              401       mail       401    404      404     404      404    404        NOT_A_GROUP 404 404
  invites.create:thread            401       mail       401    404      404     404      404    404        NOT_A_GROUP 404 404
  threads.open                     401       mail       401    404      404     404      ok     ok         ok    404       404
  threads.open:direct              401       mail       401    404      404     404      ok     404        ok    404       404
  threads.open:blocked             401       mail       401    404      ok      404      404    404        PERSON_BLOCKED 404 404
  threads.open:withheld            401       mail       401    404      ok      404      404    404        404   404       404
  threads.open:begun               401       mail       401    404      404     404      404    404        404   404       404
  threads.open:inside              401       mail       401    404      404     404      404    404        IN_A_THREAD 404 404
  threads.unfollow                 401       mail       401    404      404     404      404    404        ok    404       404
  threads.unfollow:group           401       mail       401    404      404     404      404    404        404   404       404
  threads.list                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  threads.list:before              401       mail       401    404      404     404      404    404        ok    404       404
  uploads.create                   401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  uploads.complete                 401       mail       401    404      404     404      404    404        ok    404       404
  files.link                       401       mail       401    404      404     404      404    404        ok    404       404
  files.link:message               401       mail       401    404      404     404      ok     ok         ok    404       404
  files.link:direct                401       mail       401    404      404     404      ok     404        ok    404       404
  files.link:withheld              401       mail       401    404      ok      404      404    404        404   404       404
  stories.create                   401       mail       401    404      404     404      404    404        ok    404       404
  stories.mine                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  stories.feed                     401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  stories.get                      401       mail       401    404      404     404      ok     404        ok    404       404
  stories.get:chosen               401       mail       401    404      404     404      404    404        ok    404       404
  stories.markSeen                 401       mail       401    404      404     404      ok     404        ok    404       404
  stories.viewers                  401       mail       401    404      404     404      404    404        ok    404       404
  stories.delete                   401       mail       401    404      404     404      404    404        ok    404       404
  stories.reply                    401       mail       401    404      404     404      ok     404        self  404       404
  stories.reply:chosen             401       mail       401    404      404     404      404    404        self  404       404
  files.link:story                 401       mail       401    404      404     404      ok     404        ok    404       404
  files.link:avatar                401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  events.stream                    401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  sync.bootstrap                   401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  sync.unread                      401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  admin.users                      401       mail       401    403      403     403      403    403        403   ok        ok
  admin.users:email                401       mail       401    403      403     403      403    403        403   403       ok
  admin.audit                      401       mail       401    403      403     403      403    403        403   403       ok
  admin.setRole                    401       mail       401    403      403     403      403    403        403   403       ok
  admin.setRole:myself             401       mail       401    403      403     403      403    403        403   403       403
  admin.ban                        401       mail       401    403      403     403      403    403        403   ok        ok
  admin.ban:moderator              401       mail       401    403      403     403      403    403        403   403       ok
  admin.ban:admin                  401       mail       401    403      403     403      403    403        403   403       403
  admin.unban                      401       mail       401    403      403     403      403    403        403   ok        ok
  admin.unban:moderator            401       mail       401    403      403     403      403    403        403   403       ok
  admin.endSessions                401       mail       401    403      403     403      403    403        403   ok        ok
  admin.endSessions:moderator      401       mail       401    403      403     403      403    403        403   403       ok
  account.exports                  401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  account.exportLink               401       mail       401    404      404     404      404    404        ok    404       404
  account.requestExport            401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  account.requestExport:wrong      401       mail       401    WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD
  sessions.list                    401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  sessions.revoke                  401       mail       401    404      404     404      404    404        ok    404       404
  sessions.revoke:mine             401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  sessions.revokeOthers            401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  sessions.revokeAll               401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  auth.register                    everybody:ok
  auth.login                       everybody:ok
  auth.login:wrong                 everybody:INVALID_CREDENTIALS
  auth.login:banned                everybody:BANNED
  auth.login:unverified            everybody:EMAIL_NOT_VERIFIED
  auth.refresh                     everybody:ok
  auth.refresh:banned              everybody:INVALID_REFRESH_TOKEN
  auth.logout                      401       ok         401    ok       ok      ok       ok     ok         ok    ok        ok
  auth.verifyEmail                 everybody:ok
  auth.verifyEmail:foreign         everybody:INVALID_CODE
  auth.resendVerification          everybody:ok
  auth.forgotPassword              everybody:ok
  auth.resetPassword               everybody:ok
  auth.resetPassword:foreign       everybody:INVALID_CODE
  auth.changePassword              401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  auth.changePassword:wrong        401       mail       401    WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD
  auth.changeEmail                 401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
  auth.changeEmail:wrong           401       mail       401    WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD
  auth.confirmEmail                401       mail       401    INVALID_CODE INVALID_CODE INVALID_CODE INVALID_CODE INVALID_CODE ok INVALID_CODE INVALID_CODE
  groups.delete                    401       mail       401    404      404     404      403    403        ok    404       404
  groups.delete:direct             401       mail       401    404      404     404      NOT_A_GROUP 404 NOT_A_GROUP 404 404
  auth.deleteAccount:wrong         401       mail       401    WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD WRONG_PASSWORD
  auth.deleteAccount               401       mail       401    ok       ok      ok       ok     ok         ok    ok        ok
`;

/** Who is there besides: the owner's friend and contact, who has asked the owner, whom the owner has asked, and others. */
const OTHERS = ['outsider', 'otherModerator', 'friend', 'asker', 'asked', 'otherBlocked'] as const;

/** What there is: people, by their part, and the ids of what belongs to them. */
interface World {
  people: Record<Exclude<Actor, 'anonymous'> | (typeof OTHERS)[number], Person>;
  /** The group of ACTORS. */
  group: string;
  /** A thread about what its owner said there, who alone follows it: exMember, who opened it, was put out of the group. */
  thread: string;
  /** The direct conversation of its owner and its member. */
  direct: string;
  /** That of its owner and whom the owner has blocked: of two messages the second was withheld from the owner … */
  silent: string;
  /** … and one that another one began who was blocked then. */
  begun: string;
  /** An invite into the group, and one into another group of its owner. */
  invite: { id: string; token: string; otherId: string };
  /** Of its owner: an upload whose bytes are all there, and a file that nothing uses. */
  upload: string;
  file: string;
  /** A file in the group, one in the direct conversation, one withheld from the owner, and the owner's avatar. */
  files: { group: string; direct: string; withheld: string; avatar: string };
  /** What its owner has scheduled in it. */
  scheduled: string;
  /** Of its owner: a story, which the member sees, one for a friend alone, and a file for another one. */
  stories: { shown: string; chosen: string; file: string; shownFile: string };
  /** What a friend of the owner has reported: the outsider, the other moderator and the admin. */
  reports: { outsider: string; moderator: string; admin: string };
  /** A session of its owner, and an archive of the owner's. */
  session: string;
  exported: string;
  /** What was mailed: to whom it takes to be verified, to the member who forgot, and to the owner who moves. */
  mails: { verify: ReceivedMail; reset: ReceivedMail; change: ReceivedMail };
}

const sentTo = ({ id }: Person) => ({ toUserId: id, text: 'hello', clientMessageId: v7() });

/** The input of each row, as somebody gives it who knows all ids; `me` is who calls. */
const INPUTS: Record<string, (world: World, me: Person | null) => Record<string, unknown>> = {
  'users.get': ({ people }) => ({ userId: people.outsider.id }),
  'users.search': () => ({ query: 'outsider' }),
  'users.list': () => ({}),
  'users.updateProfile': () => ({ username: 'liddell', bio: 'Down the hole' }),
  'users.updateProfile:taken': ({ people }) => ({ username: people.outsider.credentials.username }),
  'users.setStatus': () => ({ text: 'at tea' }),
  'settings.update': () => ({ dmPolicy: 'friends' }),
  'uploads.create': () => ({ purpose: 'message', name: 'tea.pdf', size: 1_000 }),
  'uploads.complete': ({ upload }) => ({ uploadId: upload }),
  'files.link': ({ file }) => ({ fileId: file }),
  'files.link:message': ({ files }) => ({ fileId: files.group }),
  'files.link:direct': ({ files }) => ({ fileId: files.direct }),
  'files.link:withheld': ({ files }) => ({ fileId: files.withheld }),
  'files.link:avatar': ({ files }) => ({ fileId: files.avatar }),
  'files.link:story': ({ stories }) => ({ fileId: stories.shownFile }),
  'stories.create': ({ stories }) => ({ fileId: stories.file }),
  'stories.feed': () => ({}),
  'stories.get': ({ stories }) => ({ storyId: stories.shown }),
  'stories.get:chosen': ({ stories }) => ({ storyId: stories.chosen }),
  'stories.markSeen': ({ stories }) => ({ storyId: stories.shown }),
  'stories.viewers': ({ stories }) => ({ storyId: stories.shown }),
  'stories.delete': ({ stories }) => ({ storyId: stories.shown }),
  'stories.reply': ({ stories }) => replyTo(stories.shown),
  'stories.reply:chosen': ({ stories }) => replyTo(stories.chosen),
  'friends.list': () => ({}),
  'friends.remove': ({ people }) => ({ userId: people.friend.id }),
  'friendRequests.send': ({ people }) => ({ userId: people.outsider.id }),
  'friendRequests.send:friend': ({ people }) => ({ userId: people.friend.id }),
  'friendRequests.send:owner': ({ people }) => ({ userId: people.owner.id }),
  'friendRequests.send:blocked': ({ people }) => ({ userId: people.blocked.id }),
  'friendRequests.list': () => ({}),
  'friendRequests.accept': ({ people }) => ({ userId: people.asker.id }),
  'friendRequests.accept:own': ({ people }) => ({ userId: people.asked.id }),
  'friendRequests.accept:withheld': ({ people }) => ({ userId: people.blocked.id }),
  'friendRequests.reject': ({ people }) => ({ userId: people.asker.id }),
  'friendRequests.reject:own': ({ people }) => ({ userId: people.asked.id }),
  'friendRequests.reject:withheld': ({ people }) => ({ userId: people.blocked.id }),
  'friendRequests.cancel': ({ people }) => ({ userId: people.asked.id }),
  'friendRequests.cancel:theirs': ({ people }) => ({ userId: people.asker.id }),
  'friendRequests.cancel:withheld': ({ people }) => ({ userId: people.owner.id }),
  'contacts.create': ({ people }) => ({ userId: people.outsider.id, alias: 'Alice' }),
  'contacts.create:friend': ({ people }) => ({ userId: people.friend.id }),
  'contacts.create:owner': ({ people }) => ({ userId: people.owner.id }),
  'contacts.list': () => ({}),
  'contacts.get': ({ people }) => ({ userId: people.friend.id }),
  'contacts.update': ({ people }) => ({ userId: people.friend.id, alias: 'Alice' }),
  'contacts.remove': ({ people }) => ({ userId: people.friend.id }),
  'blocks.add': ({ people }) => ({ userId: people.outsider.id }),
  'blocks.add:owner': ({ people }) => ({ userId: people.owner.id }),
  'blocks.remove': ({ people }) => ({ userId: people.blocked.id }),
  'blocks.remove:theirs': ({ people }) => ({ userId: people.owner.id }),
  'reports.create': ({ people }) => ({ kind: 'user', userId: people.outsider.id, reason: 'spam' }),
  'reports.create:owner': ({ people }) => ({ kind: 'user', userId: people.owner.id, reason: 'spam' }),
  'reports.create:message': ({ group }) => reportOf(group, 1),
  'reports.create:direct': ({ direct }) => reportOf(direct, 1),
  'reports.create:withheld': ({ silent }) => reportOf(silent, 2),
  'reports.create:begun': ({ begun }) => reportOf(begun, 1),
  'reports.create:story': ({ stories }) => ({ kind: 'story', storyId: stories.shown, reason: 'spam' }),
  'reports.list': () => ({}),
  'reports.close': ({ reports }) => ({ id: reports.outsider, outcome: 'upheld' }),
  'reports.close:moderator': ({ reports }) => ({ id: reports.moderator, outcome: 'upheld' }),
  'reports.close:admin': ({ reports }) => ({ id: reports.admin, outcome: 'upheld' }),
  'presence.set': () => ({ status: 'invisible' }),
  'presence.get': ({ people }) => ({ userIds: [people.owner.id] }),
  'typing.start': ({ group }) => ({ conversationId: group }),
  'typing.start:direct': ({ direct }) => ({ conversationId: direct }),
  'typing.start:blocked': ({ silent }) => ({ conversationId: silent }),
  'typing.start:begun': ({ begun }) => ({ conversationId: begun }),
  'typing.stop': ({ group }) => ({ conversationId: group }),
  'typing.stop:direct': ({ direct }) => ({ conversationId: direct }),
  'typing.stop:blocked': ({ silent }) => ({ conversationId: silent }),
  'conversations.openDirect': ({ people }) => ({ userId: people.outsider.id }),
  'conversations.openDirect:owner': ({ people }) => ({ userId: people.owner.id }),
  'conversations.openDirect:blocked': ({ people }) => ({ userId: people.blocked.id }),
  'conversations.list': () => ({}),
  'conversations.list:before': ({ group }) => ({ before: group }),
  'conversations.list:begun': ({ begun }) => ({ before: begun }),
  'conversations.get': ({ group }) => ({ conversationId: group }),
  'conversations.get:direct': ({ direct }) => ({ conversationId: direct }),
  'conversations.get:blocked': ({ silent }) => ({ conversationId: silent }),
  'conversations.get:begun': ({ begun }) => ({ conversationId: begun }),
  'conversations.members': ({ group }) => ({ conversationId: group }),
  'conversations.members:direct': ({ direct }) => ({ conversationId: direct }),
  'conversations.members:blocked': ({ silent }) => ({ conversationId: silent }),
  'conversations.members:begun': ({ begun }) => ({ conversationId: begun }),
  'conversations.clear': ({ group }) => ({ conversationId: group }),
  'conversations.clear:direct': ({ direct }) => ({ conversationId: direct }),
  'conversations.clear:blocked': ({ silent }) => ({ conversationId: silent }),
  'conversations.clear:begun': ({ begun }) => ({ conversationId: begun }),
  'conversations.setRetention': ({ group }) => ({ conversationId: group, retentionDays: 7 }),
  'conversations.setRetention:direct': ({ direct }) => ({ conversationId: direct, retentionDays: 7 }),
  'conversations.setRetention:blocked': ({ silent }) => ({ conversationId: silent, retentionDays: 7 }),
  'conversations.setRetention:begun': ({ begun }) => ({ conversationId: begun, retentionDays: 7 }),
  'conversations.setRetention:thread': ({ thread }) => ({ conversationId: thread, retentionDays: 7 }),
  'conversations.configure': ({ group }) => ({ conversationId: group, isArchived: true }),
  'conversations.configure:direct': ({ direct }) => ({ conversationId: direct, isPinned: true }),
  'conversations.configure:blocked': ({ silent }) => ({ conversationId: silent, notify: 'none' }),
  'conversations.configure:begun': ({ begun }) => ({ conversationId: begun, isPinned: true }),
  'groups.create': ({ people }) => ({ title: 'tea', userIds: [people.outsider.id] }),
  'groups.create:owner': ({ people }) => ({ title: 'tea', userIds: [people.owner.id] }),
  'groups.create:blocked': ({ people }) => ({ title: 'tea', userIds: [people.blocked.id] }),
  'groups.addMembers': ({ group, people }) => ({ conversationId: group, userIds: [people.outsider.id] }),
  'groups.addMembers:direct': ({ direct, people }) => ({
    conversationId: direct,
    userIds: [people.outsider.id],
  }),
  'groups.removeMember': ({ group, people }) => ({ conversationId: group, userId: people.member.id }),
  'groups.removeMember:admin': ({ group, people }) => ({
    conversationId: group,
    userId: people.groupAdmin.id,
  }),
  'groups.removeMember:owner': ({ group, people }) => ({ conversationId: group, userId: people.owner.id }),
  'groups.removeMember:stranger': ({ group, people }) => ({
    conversationId: group,
    userId: people.stranger.id,
  }),
  'groups.update': ({ group }) => ({ conversationId: group, title: 'coffee' }),
  'groups.update:direct': ({ direct }) => ({ conversationId: direct, title: 'coffee' }),
  'groups.setRole': ({ group, people }) => ({
    conversationId: group,
    userId: people.member.id,
    role: 'admin',
  }),
  'groups.setRole:myself': ({ group }, me) => ({
    conversationId: group,
    userId: me?.id ?? v7(),
    role: 'admin',
  }),
  'groups.setRole:owner': ({ group, people }) => ({
    conversationId: group,
    userId: people.owner.id,
    role: 'member',
  }),
  'groups.setRole:stranger': ({ group, people }) => ({
    conversationId: group,
    userId: people.stranger.id,
    role: 'admin',
  }),
  'groups.setRole:direct': ({ direct, people }) => ({
    conversationId: direct,
    userId: people.member.id,
    role: 'admin',
  }),
  'groups.transferOwnership': ({ group, people }) => ({
    conversationId: group,
    userId: people.member.id,
  }),
  'groups.transferOwnership:myself': ({ group }, me) => ({
    conversationId: group,
    userId: me?.id ?? v7(),
  }),
  'groups.transferOwnership:stranger': ({ group, people }) => ({
    conversationId: group,
    userId: people.stranger.id,
  }),
  'invites.create': ({ group }) => ({ conversationId: group, maxUses: 1 }),
  'invites.create:direct': ({ direct }) => ({ conversationId: direct }),
  'invites.list': ({ group }) => ({ conversationId: group }),
  'invites.revoke': ({ group, invite }) => ({ conversationId: group, inviteId: invite.id }),
  'invites.revoke:other': ({ group, invite }) => ({ conversationId: group, inviteId: invite.otherId }),
  'invites.preview': ({ invite }) => ({ token: invite.token }),
  'invites.preview:none': () => ({ token: 'x'.repeat(22) }),
  'invites.accept': ({ invite }) => ({ token: invite.token }),
  'invites.accept:none': () => ({ token: 'x'.repeat(22) }),
  'groups.delete': ({ group }) => ({ conversationId: group }),
  'groups.delete:direct': ({ direct }) => ({ conversationId: direct }),
  'groups.leave': ({ group }) => ({ conversationId: group }),
  'groups.leave:direct': ({ direct }) => ({ conversationId: direct }),
  'groups.leave:begun': ({ begun }) => ({ conversationId: begun }),
  'messages.send': ({ group }) => ({ conversationId: group, text: 'hello', clientMessageId: v7() }),
  'messages.send:direct': ({ direct }) => ({ conversationId: direct, text: 'hello', clientMessageId: v7() }),
  'messages.send:blocked': ({ silent }) => ({ conversationId: silent, text: 'hello', clientMessageId: v7() }),
  'messages.send:person': ({ people }) => sentTo(people.outsider),
  'messages.send:owner': ({ people }) => sentTo(people.owner),
  'messages.send:blockedPerson': ({ people }) => sentTo(people.blocked),
  'messages.send:begun': ({ begun }) => ({ conversationId: begun, text: 'hello', clientMessageId: v7() }),
  'messages.forward': ({ group }) => forwardOf(group, 1, group),
  'messages.forward:direct': ({ group, direct }) => forwardOf(group, 1, direct),
  'messages.forward:withheld': ({ silent }) => forwardOf(silent, 2, silent),
  'messages.edit': ({ group }) => ({ conversationId: group, seq: 1, text: 'hi' }),
  'messages.edit:withheld': ({ silent }) => ({ conversationId: silent, seq: 2, text: 'hi' }),
  'messages.removePreview': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.removePreview:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'messages.removePreview:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'messages.history': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.history:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'messages.delete': ({ group }) => ({ conversationId: group, seq: 1, scope: 'everyone' }),
  'messages.delete:direct': ({ direct }) => ({ conversationId: direct, seq: 1, scope: 'everyone' }),
  'messages.delete:withheld': ({ silent }) => ({ conversationId: silent, seq: 2, scope: 'everyone' }),
  'messages.delete:me': ({ group }) => ({ conversationId: group, seq: 1, scope: 'me' }),
  'messages.list': ({ group }) => ({ conversationId: group }),
  'messages.list:direct': ({ direct }) => ({ conversationId: direct }),
  'messages.list:blocked': ({ silent }) => ({ conversationId: silent }),
  'messages.list:begun': ({ begun }) => ({ conversationId: begun }),
  'messages.markRead': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.markRead:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'messages.markRead:blocked': ({ silent }) => ({ conversationId: silent, seq: 1 }),
  'messages.markRead:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'messages.pin': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.pin:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'messages.pin:blocked': ({ silent }) => ({ conversationId: silent, seq: 1 }),
  'messages.pin:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'messages.pin:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'messages.unpin': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.unpin:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'messages.unpin:blocked': ({ silent }) => ({ conversationId: silent, seq: 1 }),
  'messages.unpin:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'messages.unpin:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'reactions.add': ({ group }) => ({ conversationId: group, seq: 1, emoji: '👍' }),
  'reactions.add:direct': ({ direct }) => ({ conversationId: direct, seq: 1, emoji: '👍' }),
  'reactions.add:blocked': ({ silent }) => ({ conversationId: silent, seq: 1, emoji: '👍' }),
  'reactions.add:withheld': ({ silent }) => ({ conversationId: silent, seq: 2, emoji: '👍' }),
  'reactions.add:begun': ({ begun }) => ({ conversationId: begun, seq: 1, emoji: '👍' }),
  'reactions.remove': ({ group }) => ({ conversationId: group, seq: 1, emoji: '👍' }),
  'reactions.remove:direct': ({ direct }) => ({ conversationId: direct, seq: 1, emoji: '👍' }),
  'reactions.remove:blocked': ({ silent }) => ({ conversationId: silent, seq: 1, emoji: '👍' }),
  'reactions.remove:withheld': ({ silent }) => ({ conversationId: silent, seq: 2, emoji: '👍' }),
  'reactions.remove:begun': ({ begun }) => ({ conversationId: begun, seq: 1, emoji: '👍' }),
  'reactions.list': ({ group }) => ({ conversationId: group, seq: 1 }),
  'reactions.list:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'reactions.list:blocked': ({ silent }) => ({ conversationId: silent, seq: 1 }),
  'reactions.list:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'reactions.list:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'messages.pinned': ({ group }) => ({ conversationId: group }),
  'messages.pinned:direct': ({ direct }) => ({ conversationId: direct }),
  'messages.pinned:blocked': ({ silent }) => ({ conversationId: silent }),
  'messages.pinned:begun': ({ begun }) => ({ conversationId: begun }),
  'drafts.set': ({ group }) => ({ conversationId: group, text: 'I would' }),
  'drafts.set:direct': ({ direct }) => ({ conversationId: direct, text: 'I would' }),
  'drafts.set:blocked': ({ silent }) => ({ conversationId: silent, text: 'I would' }),
  'drafts.set:begun': ({ begun }) => ({ conversationId: begun, text: 'I would' }),
  'scheduled.create': ({ group }) => laterIn(group),
  'scheduled.create:direct': ({ direct }) => laterIn(direct),
  'scheduled.create:blocked': ({ silent }) => laterIn(silent),
  'scheduled.create:begun': ({ begun }) => laterIn(begun),
  'scheduled.create:thread': ({ thread }) => laterIn(thread),
  'scheduled.update': ({ scheduled }) => ({ id: scheduled, text: 'later', sendAt: inAnHour() }),
  'scheduled.cancel': ({ scheduled }) => ({ id: scheduled }),
  'scheduled.sendNow': ({ scheduled }) => ({ id: scheduled }),
  'messages.markRead:unknown': ({ group }) => ({ conversationId: group, messageIds: [v7()] }),
  'messages.markDelivered': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.markDelivered:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'messages.markDelivered:blocked': ({ silent }) => ({ conversationId: silent, seq: 1 }),
  'messages.markDelivered:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'messages.markDelivered:unknown': ({ group }) => ({ conversationId: group, messageIds: [v7()] }),
  'messages.readers': ({ group }) => ({ conversationId: group, seq: 1 }),
  'messages.readers:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'messages.readers:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'messages.readers:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'messages.undelivered': () => ({}),
  'search.messages': () => ({ query: 'tea' }),
  'search.messages:group': ({ group }) => ({ query: 'tea', conversationId: group }),
  'search.messages:direct': ({ direct }) => ({ query: 'tea', conversationId: direct }),
  'search.messages:blocked': ({ silent }) => ({ query: 'tea', conversationId: silent }),
  'search.messages:begun': ({ begun }) => ({ query: 'tea', conversationId: begun }),
  'search.messages:thread': ({ thread }) => ({ query: 'tea', conversationId: thread }),
  'messages.send:thread': ({ thread }) => ({ conversationId: thread, text: 'hello', clientMessageId: v7() }),
  'messages.list:thread': ({ thread }) => ({ conversationId: thread }),
  'messages.delete:thread': ({ thread }) => ({ conversationId: thread, seq: 1, scope: 'everyone' }),
  'messages.markRead:thread': ({ thread }) => ({ conversationId: thread, seq: 1 }),
  'conversations.get:thread': ({ thread }) => ({ conversationId: thread }),
  'conversations.members:thread': ({ thread }) => ({ conversationId: thread }),
  'conversations.list:thread': ({ thread }) => ({ before: thread }),
  'typing.start:thread': ({ thread }) => ({ conversationId: thread }),
  'groups.leave:thread': ({ thread }) => ({ conversationId: thread }),
  'invites.create:thread': ({ thread }) => ({ conversationId: thread }),
  'threads.open': ({ group }) => ({ conversationId: group, seq: 1 }),
  'threads.open:direct': ({ direct }) => ({ conversationId: direct, seq: 1 }),
  'threads.open:blocked': ({ silent }) => ({ conversationId: silent, seq: 1 }),
  'threads.open:withheld': ({ silent }) => ({ conversationId: silent, seq: 2 }),
  'threads.open:begun': ({ begun }) => ({ conversationId: begun, seq: 1 }),
  'threads.open:inside': ({ thread }) => ({ conversationId: thread, seq: 1 }),
  'threads.unfollow': ({ thread }) => ({ conversationId: thread }),
  'threads.unfollow:group': ({ group }) => ({ conversationId: group }),
  'threads.list': () => ({}),
  'threads.list:before': ({ thread }) => ({ before: thread }),
  'admin.users': () => ({ username: 'o' }),
  'admin.users:email': ({ people }) => ({ email: emailOf(people.owner) }),
  'admin.audit': ({ people }) => ({ userId: people.owner.id }),
  'admin.setRole': ({ people }) => ({ userId: people.outsider.id, role: 'MODERATOR' }),
  'admin.setRole:myself': (_, me) => ({ userId: me?.id ?? v7(), role: 'USER' }),
  'admin.ban': ({ people }) => ({ userId: people.outsider.id }),
  'admin.ban:moderator': ({ people }) => ({ userId: people.otherModerator.id }),
  'admin.ban:admin': ({ people }) => ({ userId: people.admin.id }),
  'admin.unban': ({ people }) => ({ userId: people.banned.id }),
  'admin.unban:moderator': ({ people }) => ({ userId: people.otherModerator.id }),
  'admin.endSessions': ({ people }) => ({ userId: people.outsider.id }),
  'admin.endSessions:moderator': ({ people }) => ({ userId: people.otherModerator.id }),
  'auth.register': () => {
    const username = `n_${v7().slice(-12)}`;
    return { username, email: `${username}@example.com`, password: 'likes a biscuit' };
  },
  'sessions.revoke': ({ session }) => ({ sessionId: session }),
  'sessions.revoke:mine': (_, me) => ({ sessionId: me?.tokens.sessionId ?? v7() }),
  'auth.login': ({ people }) => credentialsOf(people.outsider),
  'auth.login:wrong': ({ people }) => ({ ...credentialsOf(people.outsider), password: NOT_THEIRS }),
  'auth.login:banned': ({ people }) => credentialsOf(people.banned),
  'auth.login:unverified': ({ people }) => credentialsOf(people.unverified),
  'auth.refresh': ({ people }) => ({ refreshToken: people.outsider.tokens.refreshToken }),
  'auth.refresh:banned': ({ people }) => ({ refreshToken: people.banned.tokens.refreshToken }),
  'auth.verifyEmail': ({ people, mails }) => ({ email: emailOf(people.unverified), code: mails.verify.code }),
  'auth.verifyEmail:foreign': ({ people, mails }) => ({
    email: emailOf(people.outsider),
    code: mails.verify.code,
  }),
  'auth.resendVerification': ({ people }) => ({ email: emailOf(people.outsider) }),
  'auth.forgotPassword': ({ people }) => ({ email: emailOf(people.outsider) }),
  'auth.resetPassword': ({ people, mails }) => ({
    email: emailOf(people.member),
    code: mails.reset.code,
    newPassword: 'likes coffee too',
  }),
  'auth.resetPassword:foreign': ({ people, mails }) => ({
    email: emailOf(people.owner),
    code: mails.reset.code,
    newPassword: 'likes coffee too',
  }),
  'auth.changePassword': (_, me) => ({
    currentPassword: passwordOf(me),
    newPassword: 'likes coffee too',
  }),
  'auth.changePassword:wrong': () => ({ currentPassword: NOT_THEIRS, newPassword: 'likes coffee too' }),
  'auth.changeEmail': (_, me) => ({ password: passwordOf(me), email: 'elsewhere@example.com' }),
  'auth.changeEmail:wrong': () => ({ password: NOT_THEIRS, email: 'elsewhere@example.com' }),
  'auth.confirmEmail': ({ mails }) => ({ code: mails.change.code }),
  'account.exportLink': ({ exported }) => ({ id: exported }),
  'account.requestExport': (_, me) => ({ password: passwordOf(me) }),
  'account.requestExport:wrong': () => ({ password: NOT_THEIRS }),
  'auth.deleteAccount': (_, me) => ({ password: passwordOf(me), messages: 'keep' }),
  'auth.deleteAccount:wrong': () => ({ password: NOT_THEIRS, messages: 'keep' }),
};

const NOT_THEIRS = 'not their password';
const reportOf = (conversationId: string, seq: number) => ({
  kind: 'message',
  conversationId,
  seq,
  reason: 'spam',
});
const forwardOf = (from: string, seq: number, conversationId: string) => ({
  from: { conversationId: from, seq },
  conversationId,
  clientMessageId: v7(),
});
const laterIn = (conversationId: string) => ({
  conversationId,
  text: 'later',
  clientMessageId: v7(),
  sendAt: inAnHour(),
});
const replyTo = (storyId: string) => ({ storyId, text: 'how lovely', clientMessageId: v7() });
const passwordOf = (me: Person | null): string => me?.credentials.password ?? NOT_THEIRS;
const emailOf = ({ credentials }: Person): string => `${credentials.username}@example.com`;
const credentialsOf = ({ credentials }: Person) => ({
  login: credentials.username,
  password: credentials.password,
});

const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: string; inputs: unknown[] } }
>;
/** A subscription's is open: a reconnect adds to it. */
const takesInput = (path: string): boolean =>
  procedures[path]!._def.inputs.length > 0 && procedures[path]!._def.type !== 'subscription';

/** A row's name is the procedure's path, with what it is about behind a colon. */
const pathOf = (name: string): string => name.split(':')[0]!;

const [head = [], ...lines] = MATRIX.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const rows = lines.map(([name = '', ...cells]) => ({
  name,
  expected: Object.fromEntries(head.map((actor, at) => [actor, meaningOf(cells, at)])),
}));

function meaningOf(cells: string[], at: number): string | undefined {
  const everybody = /^everybody:(.+)/.exec(cells[0]!)?.[1];
  const cell = everybody ?? cells[at];
  return cell && (CELLS[cell] ?? cell);
}

let server: TestServer;
let world: World;
beforeAll(async () => {
  const started = await testServer({ env: { LOG_LEVEL: 'warn' } });
  server = started;
  world = await makeWorld(started);
  return () => started[Symbol.asyncDispose]();
});

async function makeWorld(server: TestServer): Promise<World> {
  const { databaseUrl, nodes } = server;
  const names = [...ACTORS.slice(1), ...OTHERS] as (keyof World['people'])[];
  const joined = await Promise.all(
    names.map(async (name) => [name, await server.people.join(name)] as const),
  );
  const people = Object.fromEntries(joined) as World['people'];
  const { owner, groupAdmin, member, exMember, banned, admin, moderator, otherModerator } = people;
  const group = await owner.startGroup('tea', groupAdmin, member, exMember);
  await owner.say(group, 'hello');
  const { id: thread } = await exMember.api.threads.open.mutate({ conversationId: group, seq: 1 });
  await owner.say(thread, 'hello');
  await owner.api.groups.removeMember.mutate({ conversationId: group, userId: exMember.id });
  const invite = await inviteInto(owner, group);
  const { id: otherId } = await inviteInto(owner, await owner.startGroup('coffee'));
  const direct = await owner.talkTo(member);
  await owner.say(direct, 'hello');
  const { id: scheduled } = await schedule(owner, group, 'later');
  const { silent, begun } = await surround(people);
  const stories = await showStories(people);
  const report = async ({ id: userId }: Person) =>
    (await people.friend.api.reports.create.mutate({ kind: 'user', userId, reason: 'spam' })).id;
  const reports = {
    outsider: await report(people.outsider),
    moderator: await report(otherModerator),
    admin: await report(admin),
  };
  await appoint(server, moderator, 'MODERATOR');
  await appoint(server, otherModerator, 'MODERATOR');
  await appoint(server, admin, 'ADMIN');
  await admin.api.admin.ban.mutate({ userId: banned.id });
  const { auth } = server.people.stranger();
  const verify = await mailTo(server, emailOf(people.unverified));
  await mailTo(server, emailOf(member));
  await auth.forgotPassword.mutate({ email: emailOf(member) });
  await owner.api.auth.changeEmail.mutate({ password: passwordOf(owner), email: 'moved@example.com' });
  const waiting = await begin(owner, pdf());
  await put(waiting.url, pdf());
  const files = {
    upload: waiting.uploadId,
    file: (await upload(owner, pdf())).id,
    files: {
      group: await sendFile(owner, group),
      direct: await sendFile(owner, direct),
      withheld: await sendFile(people.blocked, silent),
      avatar: await showAvatar(owner),
    },
  };
  const exported = await exportOf(server, owner);
  const mails = {
    verify,
    reset: await mailTo(server, emailOf(member)),
    change: await mailTo(server, 'moved@example.com'),
  };
  await runSql(
    databaseUrl,
    // What is put back is put back whole.
    `DROP TRIGGER attach_files ON messages;
     DROP TRIGGER detach_files ON messages;
     DROP TRIGGER detach_files_of_deleted ON messages;
     UPDATE members SET role = 'admin' WHERE user_id = '${groupAdmin.id}';
     UPDATE users SET email_verified_at = created_at WHERE id <> '${people.unverified.id}';
     CREATE SCHEMA before;
     ${TABLES.map((table) => `CREATE TABLE before.${table} AS TABLE ${table}`).join(';')};
     CREATE FUNCTION before.restore() RETURNS void LANGUAGE plpgsql SET deadlock_timeout = '50ms' AS 'BEGIN
       ${TABLES.toReversed()
         .map((table) => `DELETE FROM ${table};`)
         .join(' ')}
       ${TABLES.map((table) => `INSERT INTO ${table} SELECT * FROM before.${table};`).join(' ')}
     END'`,
  );
  // From here on addresses are asked for.
  Object.assign(nodes[0].app.env, { REQUIRE_EMAIL_VERIFICATION: true });
  const conversations = { group, thread, direct, silent, begun };
  return {
    people,
    ...conversations,
    ...files,
    invite: { ...invite, otherId },
    scheduled,
    stories,
    reports,
    session: owner.tokens.sessionId,
    exported,
    mails,
  };
}

/** The row of an archive that was asked for some days ago. */
async function exportOf({ nodes: [{ app }] }: TestServer, { id: userId }: Person): Promise<string> {
  const at = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000);
  const row = { id: v7(), userId, status: 'ready' as const, size: 1, createdAt: at(-2), expiresAt: at(5) };
  return (await app.database.prisma.export.create({ data: row })).id;
}

async function sendFile(from: Person, conversationId: string): Promise<string> {
  const { id } = await upload(from, pdf());
  await from.api.messages.send.mutate({ conversationId, attachments: [id], clientMessageId: v7() });
  return id;
}

async function showAvatar(person: Person): Promise<string> {
  const { id } = await upload(person, await photo(), { purpose: 'avatar' });
  await person.api.users.updateProfile.mutate({ avatar: id });
  return id;
}

/** The owner and the member have each other in the address book, as the owner and who is blocked do. */
async function showStories({ owner, member, blocked, friend }: World['people']): Promise<World['stories']> {
  for (const other of [member, blocked]) {
    await owner.api.contacts.create.mutate({ userId: other.id });
    await other.api.contacts.create.mutate({ userId: owner.id });
  }
  const newFile = async () => (await upload(owner, mp4(), { purpose: 'story' })).id;
  const create = async (fileId: string, audience?: string[]) =>
    (await owner.api.stories.create.mutate({ fileId, audience })).id;
  const shownFile = await newFile();
  return {
    shown: await create(shownFile),
    shownFile,
    chosen: await create(await newFile(), [friend.id]),
    file: await newFile(),
  };
}

async function inviteInto(owner: Person, conversationId: string): Promise<{ id: string; token: string }> {
  const { invite, token } = await owner.api.invites.create.mutate({ conversationId });
  return { id: invite.id, token };
}

/** How people stand to the owner. */
async function surround(people: World['people']): Promise<{ silent: string; begun: string }> {
  const { owner, friend, asker, asked, blocked, otherBlocked } = people;
  const ask = (from: Person, { id: userId }: Person) => from.api.friendRequests.send.mutate({ userId });
  await ask(friend, owner);
  await ask(owner, friend);
  await owner.api.contacts.create.mutate({ userId: friend.id });
  await ask(asker, owner);
  await ask(owner, asked);
  const silent = await blocked.talkTo(owner);
  await blocked.say(silent, 'hello');
  for (const { id: userId } of [blocked, otherBlocked]) await owner.api.blocks.add.mutate({ userId });
  await blocked.say(silent, 'are you there?');
  await ask(blocked, owner);
  const begun = await otherBlocked.talkTo(owner);
  await otherBlocked.say(begun, 'hello');
  return { silent, begun };
}

/** What a call may change that another call is decided by; in the order of their references. */
const TABLES = [
  ...['users', 'sessions', 'refresh_tokens', 'codes', 'conversations', 'members', 'messages'],
  ...['message_edits', 'hidden_messages', 'reactions', 'drafts', 'scheduled_messages', 'invites'],
  ...['friend_requests', 'friendships', 'contacts', 'blocks', 'reports', 'files', 'attachments'],
  ...['stories', 'story_audience', 'story_views', 'exports'],
];

/** Puts the world back as it was made. */
async function restore(): Promise<void> {
  try {
    await server.nodes[0].app.database.pool.query('SELECT before.restore()');
  } catch (error) {
    // A job of the call may be in the way.
    if (!isDatabaseAway(error)) throw error;
    await restore();
  }
}

/** Calls over HTTP as the wire has it, and resolves with what came: the status and the whole body. */
async function call(
  path: string,
  input: unknown,
  me: Person | null,
): Promise<{ status: number; json: Answer }> {
  const response = await request(path, '', { json: input }, procedures[path]!._def.type, me);
  return { status: response.status, json: (await response.json()) as Answer };
}

/** As `call`, with many inputs at once: a batch. */
async function callAll(path: string, inputs: object[], me: Person): Promise<Answer[]> {
  const paths = inputs.map(() => path).join();
  const batch = Object.fromEntries(inputs.map((json, at) => [at, { json }]));
  const response = await request(paths, 'batch=1&', batch, procedures[path]!._def.type, me);
  return (await response.json()) as Answer[];
}

function request(
  paths: string,
  query: string,
  input: object,
  type: string,
  me: Person | null,
): Promise<Response> {
  const url = `${server.people.url(0)}/${paths}?${query}`;
  const body = JSON.stringify(input);
  const headers = {
    'content-type': 'application/json',
    ...(me && { authorization: `Bearer ${me.tokens.accessToken}` }),
  };
  return type === 'query'
    ? fetch(`${url}input=${encodeURIComponent(body)}`, { headers })
    : fetch(url, { method: 'POST', headers, body });
}
interface Answer {
  result?: unknown;
  error?: { json: { data: { code: string } } };
}

/** What a subscription over a socket begins with: an item, an error, or the socket's end. */
async function follow(path: string, me: Person | null): Promise<string> {
  using peer = await rawSocket(server.nodes[0].url, me?.tokens.accessToken);
  peer.send({ id: 1, method: 'subscription', params: { path } });
  const first = () => peer.messages.find(({ result, error }) => error || result?.type === 'data');
  await peer.when(() => peer.closeCode !== null || first() !== undefined);
  const answer = first();
  if (answer) return answer.error?.json.data.code ?? 'ok';
  return peer.closeCode === 4401 ? 'UNAUTHENTICATED' : `closed with ${peer.closeCode}`;
}

async function outcome(name: string, actor: Actor): Promise<string> {
  const path = pathOf(name);
  const me = actor === 'anonymous' ? null : world.people[actor];
  if (procedures[path]!._def.type === 'subscription') return follow(path, me);
  const answer = await call(path, INPUTS[name]?.(world, me), me);
  const code = answer.json.error?.json.data.code ?? 'ok';
  if (code === 'NOT_FOUND') notFound.set(`${name} ${actor}`, answer);
  return code;
}

/** The answers of S36 that S37 looks at, by the row and who asked. */
const notFound = new Map<string, Awaited<ReturnType<typeof call>>>();

describe('S36 who may do what', () => {
  test('every procedure has a row, every row a procedure, and every row all actors', () => {
    expect(head).toEqual(ACTORS);
    expect([...new Set(rows.map(({ name }) => pathOf(name)))].sort()).toEqual(Object.keys(procedures).sort());
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const [name, ...cells] of lines)
      expect([name, cells.length]).toEqual([name, cells[0]?.startsWith('everybody:') ? 1 : ACTORS.length]);
    for (const name of Object.keys(INPUTS)) expect(rows.map((row) => row.name)).toContain(name);
  });

  test.each(rows)('$name', async ({ name, expected }) => {
    const found: Record<string, string> = {};
    for (const actor of ACTORS) {
      found[actor] = await outcome(name, actor);
      if (found[actor] === 'ok' && procedures[pathOf(name)]!._def.type === 'mutation') await restore();
    }
    expect(found).toEqual(expected);
  });
});

describe('S37 what is not for somebody looks like what does not exist', () => {
  const hidden = rows.filter(({ expected }) => Object.values(expected).includes('NOT_FOUND'));

  test.each(hidden)('$name', async ({ name, expected }) => {
    const nowhere: World = {
      ...world,
      group: v7(),
      thread: v7(),
      direct: v7(),
      silent: v7(),
      begun: v7(),
      session: v7(),
      exported: v7(),
      upload: v7(),
      file: v7(),
      scheduled: v7(),
      files: { group: v7(), direct: v7(), withheld: v7(), avatar: v7() },
      stories: { shown: v7(), chosen: v7(), file: v7(), shownFile: v7() },
      reports: { outsider: v7(), moderator: v7(), admin: v7() },
    };
    for (const actor of ACTORS.filter((actor) => expected[actor] === 'NOT_FOUND')) {
      const me = world.people[actor as Exclude<Actor, 'anonymous'>];
      const path = pathOf(name);
      const real = notFound.get(`${name} ${actor}`) ?? (await call(path, INPUTS[name]!(world, me), me));
      const random = await call(path, INPUTS[name]!(nowhere, me), me);
      const data = real.json.error?.json.data as { what?: string };
      // Who is in it may know who is not, and what is not.
      if (!['member', 'message', 'invite'].includes(data.what!))
        expect({ actor, ...real }).toEqual({ actor, ...random });
    }
  });
});

describe('what a procedure is given beyond what it asks for', () => {
  const asked = rows.filter(({ name }) => name === pathOf(name) && name in INPUTS);
  /** The inputs that are not refused, for somebody whom nothing but the input is in the way of. */
  async function notRefused(path: string, inputs: object[]): Promise<object[]> {
    const taken: object[] = [];
    // Each is answered for itself; a batch of them only costs less.
    for (let at = 0; at < inputs.length; at += 20) {
      const some = inputs.slice(at, at + 20);
      const answers = await callAll(path, some, world.people.admin);
      expect(answers).toHaveLength(some.length);
      taken.push(...some.filter((_, n) => answers[n]!.error?.json.data.code !== 'INVALID_INPUT'));
    }
    return taken;
  }

  interface Shape {
    properties?: object;
    anyOf?: Shape[];
    oneOf?: Shape[];
  }
  /** The fields of an input, in whichever of its forms. */
  function fieldsOf(path: string): string[] {
    const [schema] = procedures[path]!._def.inputs as z.ZodType[];
    const {
      properties = {},
      anyOf = [],
      oneOf = [],
    } = z.toJSONSchema(schema!, {
      io: 'input',
      unrepresentable: 'any',
    }) as Shape;
    return [properties, ...[...anyOf, ...oneOf].map((shape) => shape.properties ?? {})].flatMap(Object.keys);
  }

  test('each with an input is tried', () => {
    const strict = Object.keys(procedures).filter((path) => takesInput(path));
    expect(asked.map(({ name }) => name).sort()).toEqual(strict.sort());
  });

  test.each(asked)('S53 $name takes no field that it does not ask for', async ({ name }) => {
    const { admin } = world.people;
    const input = INPUTS[name]!(world, admin);
    const more = {
      id: v7(),
      senderId: v7(),
      actorId: v7(),
      requesterId: v7(),
      createdAt: new Date().toISOString(),
      seq: 1,
      lastSeq: 1,
      isAdmin: true,
      isVerified: true,
      isEmailVerified: true,
      emailVerifiedAt: '2026-01-01',
      passwordHash: 'x',
      bannedAt: null,
    };
    const unasked = Object.entries(more).filter(([field]) => !fieldsOf(name).includes(field));
    const taken = await notRefused(
      name,
      unasked.map(([field, value]) => ({ ...input, [field]: value })),
    );
    expect(taken).toEqual([]);
  });

  test.each(asked)('S56 $name takes no operator for a value', async ({ name }) => {
    const input = INPUTS[name]!(world, world.people.admin);
    const operators = [{ not: '' }, { contains: '@' }, { in: [''] }, { gt: 0 }, [{ equals: 'x' }]];
    // Whatever an application keeps beside a message is kept as it is, and looked for by nobody.
    const fields = fieldsOf(name).filter((field) => field !== 'metadata');
    const inputs = fields.flatMap((field) => operators.map((value) => ({ ...input, [field]: value })));
    expect(await notRefused(name, inputs)).toEqual([]);
  });
});
