// The contact sheet: a picture of every sample page in both themes and at both sizes, and an index to look at them
// side by side.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NARROW, WIDE, launch, open } from './lib/browser.mjs';
import { pagesIn, serve } from './lib/folder.mjs';

const AT_ONCE = 3;
/** Longer pages are cut: a picture shows the look, not the whole list, pixels. */
const TALLEST = 2400;
const VIEWS = [
  { name: 'wide-light', size: WIDE, theme: 'light' },
  { name: 'wide-dark', size: WIDE, theme: 'dark' },
  { name: 'narrow-light', size: NARROW, theme: 'light' },
  { name: 'narrow-dark', size: NARROW, theme: 'dark' },
];

const folder = process.env.TEND_PAGES;
const out = process.env.TEND_OUT;
const only = process.env.TEND_ONLY ?? '';
const paths = (await pagesIn(folder)).filter((path) => path.includes(only));
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const [browser, site] = await Promise.all([launch(), serve(folder)]);

const queue = paths.flatMap((path) => VIEWS.map((view) => ({ path, view })));
const total = queue.length;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    const page = await open(browser);
    for (let next = queue.shift(); next; next = queue.shift()) {
      await picture(page, next);
      if (queue.length % 50 === 0) console.log(`${total - queue.length} of ${total}`);
    }
  }),
);
await browser.close();
site.stop();
await writeFile(join(out, 'index.html'), index());
console.log(`${total} pictures of ${paths.length} pages in ${out}`);

function nameOf(path, view) {
  return `${path.replaceAll(/[/ ]/g, '_').replace(/\.html$/, '')}.${view.name}.png`;
}

async function picture(page, { path, view }) {
  await page.emulateMedia({ colorScheme: view.theme });
  await page.setViewportSize(view.size);
  await page.goto(`${site.address}/${encodeURI(path)}`, { waitUntil: 'load' });
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  const height = Math.min(Math.max(tall, view.size.height), TALLEST);
  // A taller window instead of a stitched picture: what is fixed to an edge stays at the edge.
  await page.setViewportSize({ width: view.size.width, height });
  await page.screenshot({ path: join(out, nameOf(path, view)) });
}

function index() {
  const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const rows = paths.map((path) => {
    const pictures = VIEWS.map(
      (view) => `<a href="${nameOf(path, view)}"><img loading="lazy" alt="${view.name}" src="${nameOf(path, view)}"></a>`,
    );
    return `<section id="${escape(path)}"><h2>${escape(path)}</h2><div>${pictures.join('')}</div></section>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
<style>body{font:14px system-ui;margin:24px;background:#ddd}div{display:flex;gap:12px;align-items:start}
img{border:1px solid #999;height:420px;max-width:46vw;object-fit:cover;object-position:top}</style>
<h1>${paths.length} pages</h1>${rows.join('\n')}</html>\n`;
}
