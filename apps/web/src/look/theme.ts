/** How it looks: as the system does, or as somebody has chosen here. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'parley.theme';

export const chosenTheme = (): Theme => (localStorage.getItem(KEY) as Theme | null) ?? 'system';

export function applyTheme(theme: Theme = chosenTheme()): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme;
}
