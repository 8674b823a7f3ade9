// Every screen and letter, with every sample, as `tend pages` renders them: accessible in both themes and at both
// sizes, without a complaint in the console, and without scrolling sideways on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look } from './lib/axe.mjs';
import { NARROW, WIDE, launch, open, overflow } from './lib/browser.mjs';
import { pagesIn, serve } from './lib/folder.mjs';

/** Two cores: more windows at once only wait for each other. */
const AT_ONCE = 3;
/** What changes with the theme. The rest is the same page and is asked once. */
const BY_THEME = ['color-contrast', 'link-in-text-block'];

const folder = process.env.TEND_PAGES;
assert.ok(folder, 'TEND_PAGES names the folder that `tend pages --out` wrote');
const paths = await pagesIn(folder);
assert.ok(paths.length > 0, `${folder} holds pages`);

describe('sample pages', { concurrency: AT_ONCE }, () => {
  let browser;
  let site;
  const windows = [];
  before(async () => {
    [browser, site] = await Promise.all([launch(), serve(folder)]);
  });
  after(async () => {
    await browser?.close();
    site?.stop();
  });

  for (const path of paths) {
    test(path, async () => {
      const page = windows.pop() ?? (await open(browser));
      page.complaints.length = 0;
      const problems = await problemsOf(page, `${site.address}/${encodeURI(path)}`);
      windows.push(page);
      if (problems.length > 0) assert.fail(`${problems.length} problems:\n  ${problems.join('\n  ')}\n`);
    });
  }
});

async function problemsOf(page, address) {
  const problems = [];
  const letter = address.includes('letter');
  const note = (where, found) => problems.push(...found.map((one) => `[${where}] ${one}`));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
  await page.goto(address, { waitUntil: 'load' });
  note('wide, light', await look(page, letter ? { rules: LETTER } : {}));
  await page.emulateMedia({ colorScheme: 'dark' });
  note('wide, dark', await look(page, { rules: BY_THEME }));
  await page.setViewportSize(NARROW);
  note('narrow, dark', await look(page, { rules: BY_THEME }));
  await page.emulateMedia({ colorScheme: 'light' });
  note('narrow, light', await look(page, letter ? { rules: LETTER } : {}));
  const { over, culprits } = await overflow(page);
  if (over > 0) problems.push(`[narrow] sticks out by ${over} px: ${culprits.join(', ')}`);
  note('console', page.complaints);
  return problems;
}

/** A letter is read in a mail program, which brings its own frame. */
const LETTER = ['color-contrast', 'link-name', 'image-alt', 'html-has-lang', 'document-title', 'td-headers-attr'];
