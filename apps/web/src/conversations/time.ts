const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };

export const clockTime = (at: string): string => new Date(at).toLocaleTimeString([], CLOCK);

/** Whether it is today, yesterday or another day, for whoever reads it. */
export function dayOf(at: string, now = new Date()): string {
  const date = new Date(at);
  const days = Math.round((startOf(now) - startOf(date)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const isThisYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString([], {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
  });
}

const startOf = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);

/** The time of today, the day of what is older. */
export function shortTime(at: string, now = new Date()): string {
  const date = new Date(at);
  if (startOf(date) === startOf(now)) return clockTime(at);
  return date.toLocaleDateString([], { day: 'numeric', month: 'short' });
}
