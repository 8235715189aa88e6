// A mock of the web server, for pictures and page checks only: the built pages under the addresses and the policy of the real one, and no engine.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const DIST = new URL('../dist/', import.meta.url).pathname;
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves `dist/` on a free port of localhost. */
export function serve() {
  const server = createServer((request, response) => {
    const file = fileOf(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.setHeader('content-security-policy', "default-src 'self'");
    // Somewhere for the mock's own side of a connection to stand.
    if (request.url === '/mock') return response.writeHead(200, { 'content-type': TYPES['.html'] }).end();
    if (!file || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    return createReadStream(file).pipe(response);
  });
  return new Promise((done) => server.listen(0, 'localhost', () => done({ server, port: server.address().port })));
}

function fileOf(path) {
  const page = /^\/(login|desk|console|try)(\/|$)/.exec(path)?.[1];
  if (page) return join(DIST, `${page}.html`);
  return /^\/assets\/[\w.-]+$/.test(path) ? join(DIST, path) : null;
}
