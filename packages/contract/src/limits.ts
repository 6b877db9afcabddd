/** Limits that both sides know. The server enforces each; the client uses them to refuse early. */
export const LIMITS = {
  /** Characters (code points) of a message's text. */
  messageText: 4_000,
  /** Bytes of a message's ciphertext, before base64. */
  ciphertext: 16_384,
  /** Bytes of a message's metadata as JSON. */
  metadata: 4_096,
  /** People that one message mentions. */
  mentions: 50,
  /** Versions of one message. */
  edits: 100,
  /** Different emojis with which people have reacted to one message. */
  reactions: 20,
  /** People of one `reactions.list` page. */
  reactionsPage: 100,
  /** Messages of one conversation that are pinned. */
  pins: 50,
  /** Characters of a group's title. */
  groupTitle: 100,
  /** Characters of a group's description. */
  groupDescription: 255,
  /** Seconds of a group's slow mode. */
  slowMode: 21_600,
  /** Days for which a conversation keeps its messages, where it says how long. */
  retentionDays: 3_650,
  /** Members of one group at the same time. */
  groupMembers: 5_000,
  /** Members of one `conversations.members` page. */
  membersPage: 500,
  /** Invites of one group that are not expired. */
  invites: 100,
  /** Seconds for which an invite is good. */
  inviteSeconds: 365 * 86_400,
  /** People that may come by one invite, where that is limited. */
  inviteUses: 10_000,
  /** People that one `groups.create` or `groups.addMembers` names. */
  membersPerCall: 200,
  /** Messages of one page of `messages.list` or `messages.undelivered`. */
  pageSize: 100,
  /** Messages that one `messages.markRead` or `messages.markDelivered` names. */
  marksPerCall: 100,
  /** People of one page of `messages.readers`. */
  readersPage: 100,
  /** Messages that the view of a conversation names because they call its member. */
  mentionsShown: 1_000,
  /** Characters of a username, from and to. */
  usernameMin: 3,
  usernameMax: 20,
  /** Characters of a full name. */
  fullName: 100,
  /** Characters of what a person tells of themselves. */
  bio: 500,
  /** Characters of a status. */
  status: 100,
  /** Characters of what `users.search` looks for, from and to; `search.messages` takes as many. */
  searchMin: 2,
  searchMax: 200,
  /** Messages of one page of `search.messages`. */
  searchPage: 50,
  /** People of one page of `users.search` or `users.list`. */
  usersPage: 100,
  /** Characters (code points) of a password, from and to. */
  passwordMin: 8,
  passwordMax: 64,
  /** Of one person: friends, friend requests that wait for an answer, contacts, and people whom they have blocked. */
  friends: 1_000,
  friendRequests: 100,
  contacts: 1_000,
  blocks: 1_000,
  /** Characters of what a person calls a contact. */
  alias: 100,
  /** Characters of what a report says. */
  reportComment: 1_000,
  /** People of one `presence.get`. */
  presencePerCall: 200,
  /** In a group of more members nobody hears by itself who comes and goes; `presence.get` still tells. */
  presenceGroup: 100,
  /** Of more people than this nobody hears by itself. */
  presenceWatched: 2_000,
  /** With more people of one conversation on a node, none of them hears who writes. */
  typingAudience: 100,
  /** Messages that one person has scheduled, those that could not be sent included. */
  scheduled: 100,
  /** Seconds ahead for which a message is scheduled, from and to. */
  scheduledMin: 10,
  scheduledMax: 365 * 86_400,
  /** Characters of what a preview of a link says. */
  previewTitle: 200,
  previewDescription: 400,
  previewSiteName: 100,
  /** Files of one message. */
  attachments: 10,
  /** Characters of a file's name. */
  fileName: 255,
  /** Uploads of one person that are not complete. */
  uploads: 100,
  /** Stories of one person that are not over. */
  stories: 50,
  /** Characters of a story's caption. */
  storyCaption: 255,
  /** People that a story names who are to see it. */
  storyAudience: 500,
  /** Authors of one page of `stories.feed`. */
  storyAuthorsPage: 50,
  /** People of one page of `stories.viewers`. */
  storyViewersPage: 100,
  /** Stories of one `sync.bootstrap`. */
  storiesShown: 1_000,
  /** Seconds that somebody counts as writing without another word of it. */
  typingFor: 6,
  /** Characters of a device's name. */
  deviceName: 100,
} as const;
