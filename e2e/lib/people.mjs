// What people do in Tend's screens, so that a story reads like one.
import assert from 'node:assert/strict';
import { NARROW, WIDE, open } from './browser.mjs';

/** A person at a desk, signed in by the link that the demonstration prints for Ines. */
export async function ines(browser, demo, wishes = {}) {
  const page = await open(browser, { size: WIDE, ...wishes });
  await page.goto(await freshLink(demo));
  await enter(page);
  return page;
}

/** A person with a phone who is not signed in. */
export function phone(browser, wishes = {}) {
  return open(browser, { size: NARROW, phone: true, ...wishes });
}

let used = false;

/** The demonstration's link works once; later ones are asked for by mail, as anybody does. */
async function freshLink(demo) {
  if (!used) {
    used = true;
    return demo.sign_in;
  }
  return demo.signInLink();
}

/** A link in a mail may be opened by a scanner first, so it asks for one press. */
async function enter(page) {
  const button = page.getByRole('main').getByRole('button').first();
  if (new URL(page.url()).pathname.startsWith('/sign-in') && (await button.count()) > 0) await button.click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** The screen says so, now or as soon as it has been told. */
export async function reads(page, pattern, patience = 30_000) {
  await page.getByText(pattern).first().waitFor({ state: 'visible', timeout: patience });
}

/** Presses keys, one after the other, as on a keyboard. */
export async function keys(page, ...all) {
  for (const key of all) await page.keyboard.press(key);
}

/** Walks with the tab key to the thing with this name; fails when the walk comes round without it. */
export async function tabTo(page, name, most = 80) {
  const seen = [];
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const one = document.activeElement;
      const ring = getComputedStyle(one);
      const said = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '';
      const shown = ring.outlineStyle !== 'none' || ring.boxShadow !== 'none';
      return { said: said.trim().replace(/\s+/g, ' '), shown, tag: one.tagName };
    });
    seen.push(here.said.slice(0, 30));
    if (here.tag === 'BODY') continue;
    assert.ok(here.shown, `the focus can be seen on "${here.said}"`);
    if (name.test(here.said)) return here;
  }
  assert.fail(`${name} is not reached by the tab key; it passed ${seen.join(' | ')}`);
}

/** No complaint in the console so far. */
export function quiet(page) {
  assert.deepEqual(page.complaints, []);
}
