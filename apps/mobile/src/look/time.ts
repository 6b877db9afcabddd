const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' };

export const clockTime = (at: string): string => new Date(at).toLocaleTimeString([], CLOCK);

export const dayOf = (at: string): string =>
  isToday(at) ? 'Today' : new Date(at).toLocaleDateString([], DAY);

/** The time of today, the day of what is older. */
export const shortTime = (at: string): string =>
  isToday(at) ? clockTime(at) : new Date(at).toLocaleDateString([], { day: 'numeric', month: 'short' });

const isToday = (at: string): boolean => new Date(at).toDateString() === new Date().toDateString();
