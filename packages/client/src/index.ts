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
  Friend,
  FriendRequest,
  Member,
  Membership,
  MembershipSettings,
  Message,
  OwnUser,
  Presence,
  Profile,
  PublicUser,
  Reaction,
  Receipt,
  ReportReason,
  SeqRange,
  Settings,
  Status,
  StreamItem,
  StreamNotice,
  Thread,
  Unread,
  WireError,
} from '@parley/contract';
export type { Api, AppRouter } from './api-type.ts';
export type { ChatClient, ClientOptions, MessageRange } from './chat-client.ts';
export { createClient } from './create-client.ts';
export { isParleyError, type ParleyError } from './errors.ts';
export type { Fetch, WebSocketConstructor } from './platform.ts';
export { type AuthOptions, memoryStorage, type Storage } from './session.ts';
export type { Readable } from './store.ts';
export { applyEvent, type ReceivedEvent, type UnknownEvent } from './sync/apply-event.ts';
export type { ConnectionStatus } from './sync/connection.ts';
export type { OutgoingMessage } from './sync/outbox.ts';
export type { People } from './sync/people.ts';
export { receiptOf } from './sync/receipts.ts';
export type { Sending, SendingState } from './sync/sender.ts';
export {
  type Bootstrap,
  type ChatState,
  type ConversationState,
  conversationsOf,
  emptyState,
  hasMoreBefore,
  type MessagePage,
  statusAt,
  type Timeline,
  takeBootstrap,
  threadsOf,
  totalsOf,
  unreadOf,
} from './sync/state.ts';
export type { EventSourceConstructor } from './transport.ts';
