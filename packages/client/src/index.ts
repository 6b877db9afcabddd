export type {
  Availability,
  Block,
  ChatEvent,
  Contact,
  Conversation,
  ConversationUnread,
  ConversationView,
  Draft,
  EphemeralEvent,
  ErrorCode,
  ErrorData,
  FileInfo,
  FilePurpose,
  Friend,
  FriendRequest,
  LinkPreview,
  Member,
  Membership,
  MembershipSettings,
  Message,
  MessageContent,
  OwnUser,
  Presence,
  Profile,
  PublicUser,
  Reaction,
  Receipt,
  Report,
  ReportOutcome,
  ReportReason,
  Scheduled,
  ScheduledFailure,
  SeqRange,
  Settings,
  Status,
  StoriesOfAuthor,
  Story,
  StoryReference,
  StreamItem,
  StreamNotice,
  Thread,
  Unread,
  WireError,
} from '@parley/contract';
export type { Api, AppRouter } from './api-type.ts';
export type { ChatClient, ClientOptions } from './chat-client.ts';
export { createClient } from './create-client.ts';
export { isParleyError, type ParleyError } from './errors.ts';
export type { EventSourceConstructor } from './event-source.ts';
export type { BlobLike, UploadContent } from './files/content.ts';
export type { Upload, UploadOptions, UploadState } from './files/upload.ts';
export { indexedDbStorage } from './indexed-db.ts';
export type { Fetch, WebSocketConstructor } from './platform.ts';
export type { AuthOptions } from './session.ts';
export {
  type AsyncStorageLike,
  asyncStorage,
  memoryStorage,
  type Storage,
  type TokenStorage,
  type WebStorage,
  webStorage,
} from './storage.ts';
export type { Readable } from './store.ts';
export { applyEvent, type ReceivedEvent, type UnknownEvent } from './sync/apply-event.ts';
export type { ConnectionStatus } from './sync/connection.ts';
export type { OutgoingMessage } from './sync/outbox.ts';
export type { PageInput, Pages } from './sync/pages.ts';
export type { People } from './sync/people.ts';
export { receiptOf } from './sync/receipts.ts';
export { type Schedule, scheduledOf } from './sync/scheduled.ts';
export type { Sending, SendingState } from './sync/sender.ts';
export {
  type Bootstrap,
  type ChatState,
  type ConversationState,
  conversationsOf,
  emptyState,
  hasMoreAfter,
  hasMoreBefore,
  statusAt,
  type Timeline,
  takeBootstrap,
  threadsOf,
  totalsOf,
  unreadOf,
} from './sync/state.ts';
export { ownStoriesOf, type Stories, storiesOf } from './sync/stories.ts';
