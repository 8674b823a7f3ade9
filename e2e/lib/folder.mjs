// A folder of rendered pages, served on loopback.
import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize, relative, sep } from 'node:path';

const KINDS = {
  html: 'text/html; charset=utf-8',
  css: 'text/css',
  js: 'text/javascript',
  mjs: 'text/javascript',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** Serves a folder; returns its address and how to stop. */
export async function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(folder, path);
    const inside = file.startsWith(folder + sep);
    let stat;
    try {
      stat = inside ? statSync(file) : undefined;
    } catch {
      stat = undefined;
    }
    if (!stat?.isFile()) {
      // A live page asks for its stream and its fragments; a rendered one has nothing new to say.
      const live = request.headers.accept?.includes('text/event-stream') || request.headers['hx-request'];
      response.writeHead(live || path.startsWith('/favicon.') ? 204 : 404).end();
      return;
    }
    response.writeHead(200, { 'content-type': KINDS[file.split('.').pop()] ?? 'application/octet-stream' });
    if (file.endsWith('.html')) response.end(framed(readFileSync(file, 'utf8'), folder, path));
    else createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A panel is a fragment: here it gets the least of a page around it, with the style it is shown in. */
function framed(html, folder, path) {
  if (/<html[\s>]/i.test(html)) return html;
  const language = /\.nl\.html$/.test(path) ? 'nl' : 'en';
  const style = readdirSync(join(folder, 'assets')).find((name) => /^style-.*\.css$/.test(name));
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${path}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/assets/${style}"></head><body><main><h1>${path}</h1>${html}</main></body></html>`;
}

/** Every HTML file below a folder, as paths from it, sorted. */
export async function pagesIn(folder) {
  const all = await readdir(folder, { withFileTypes: true, recursive: true });
  return all
    .filter((one) => one.isFile() && one.name.endsWith('.html'))
    .map((one) => relative(folder, join(one.parentPath ?? one.path, one.name)).split(sep).join('/'))
    .filter((path) => path !== 'index.html')
    .sort();
}
