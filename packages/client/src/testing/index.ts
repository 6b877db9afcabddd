export { type UnreliableLink, unreliable } from './unreliable.ts';
