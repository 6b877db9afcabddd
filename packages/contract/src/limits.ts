/** Limits that both sides know. The server enforces each; the client uses them to refuse early. */
export const LIMITS = {
  /** Characters (code points) of a message's text. */
  messageText: 4_000,
  /** Characters of a group's title. */
  groupTitle: 100,
  /** Characters of a group's description. */
  groupDescription: 255,
  /** Members of one group at the same time. */
  groupMembers: 5_000,
  /** People that one `groups.create` or `groups.addMembers` names. */
  membersPerCall: 200,
  /** Messages of one `messages.list` page. */
  pageSize: 100,
  /** Characters of a username, from and to. */
  usernameMin: 3,
  usernameMax: 20,
  /** Characters of a full name. */
  fullName: 100,
  /** Characters of what a person tells of themselves. */
  bio: 500,
  /** Characters of a status. */
  status: 100,
  /** Characters of what `users.search` looks for, from and to. */
  searchMin: 2,
  searchMax: 200,
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
  /** Seconds that somebody counts as writing without another word of it. */
  typingFor: 6,
  /** Characters of a device's name. */
  deviceName: 100,
} as const;
