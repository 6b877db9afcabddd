import { useColorScheme } from 'react-native';

/** The colours of the web app (apps/web/src/look/look.css). */
const LIGHT = {
  page: '#f4f5f3',
  surface: '#ffffff',
  line: '#dde1dc',
  text: '#1b2120',
  quiet: '#59635f',
  accent: '#24614f',
  onAccent: '#ffffff',
  own: '#d8ebe1',
  other: '#ffffff',
  danger: '#a5281f',
  notice: '#fbf0d4',
};

export type Look = typeof LIGHT;

const DARK: Look = {
  page: '#14181a',
  surface: '#1b2023',
  line: '#30383c',
  text: '#e8ecea',
  quiet: '#a0aca7',
  accent: '#6fc0a6',
  onAccent: '#0d1f19',
  own: '#1f4438',
  other: '#262d31',
  danger: '#ff9d90',
  notice: '#4a3d17',
};

export const useLook = (): Look => (useColorScheme() === 'dark' ? DARK : LIGHT);
