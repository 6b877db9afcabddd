export * from './conversations.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './messages.ts';
export * from './users.ts';
export * from './version.ts';
