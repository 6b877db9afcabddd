import type { Person } from './person.ts';

/** How long messages took from their sender's hand to each member's client. Times are milliseconds. */
export interface Deliveries {
  said(clientMessageId: string, speaker: Person): void;
  heard(clientMessageId: string, listener: Person): void;
  /** While both sides were connected without a break; and all, those that a cut or the kill delayed included. */
  readonly undisturbed: number[];
  readonly all: number[];
}

export function measureDeliveries(): Deliveries {
  const saidAt = new Map<string, { at: number; speaker: Person }>();
  const undisturbed: number[] = [];
  const all: number[] = [];
  return {
    undisturbed,
    all,
    said: (clientMessageId, speaker) => void saidAt.set(clientMessageId, { at: performance.now(), speaker }),
    heard(clientMessageId, listener) {
      const said = saidAt.get(clientMessageId);
      if (!said || said.speaker === listener) return;
      const { at, speaker } = said;
      const took = performance.now() - at;
      all.push(took);
      if (listener.upSince <= at && speaker.upSince <= at) undisturbed.push(took);
    },
  };
}

/** The value below which this share of the values lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
