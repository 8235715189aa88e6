import { defineConfig } from 'vitest/config';

const ENGINE = 'http://localhost:8080';

export default defineConfig({
  build: {
    // `default-src 'self'` allows no data: addresses.
    assetsInlineLimit: 0,
    target: 'es2022',
    rolldownOptions: { input: ['login.html', 'desk.html', 'console.html', 'try.html'] },
  },
  // `npm run dev` serves the pages as /desk.html and so on, against a running engine in trial mode.
  server: { proxy: { '/api': { target: ENGINE, ws: true } } },
  test: { include: ['src/**/*.test.ts'] },
});
