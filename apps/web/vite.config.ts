import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** In development Vite has the page, and the server what it is about. */
const SERVER = 'http://localhost:4000';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // What knows light-dark(): written out for older ones, the colours that somebody has chosen would not be theirs.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // A picture in the page would be one that its policy has to let in.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/trpc': { target: SERVER, ws: true },
      '/uploads': SERVER,
      '/files': SERVER,
      '/dev': SERVER,
    },
  },
});
