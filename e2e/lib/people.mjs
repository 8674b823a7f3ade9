// What people do in Tend's screens, so that a story reads like one.
import assert from 'node:assert/strict';
import { NARROW, WIDE, open } from './browser.mjs';
import { linkIn } from './demo.mjs';

/** How long Tend's own screens may take to say what has become true, milliseconds. */
const PATIENCE = 45_000;

/** Signs in by a link and returns the window; the link is asked for by mail unless one is given. */
export async function signIn(browser, demo, { link, mail, ...wishes }) {
  const page = await open(browser, { size: WIDE, ...wishes });
  await page.goto(link ?? (await linkByMail(page, demo, mail)));
  // A scanner may have opened the link first, so it asks for one press.
  if (new URL(page.url()).pathname.startsWith('/sign-in')) await page.locator('main form button').first().click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return page;
}

/** Another window of somebody who is signed in: links by mail are few an hour, as they should be. */
export async function another(browser, page, wishes = {}) {
  return open(browser, { size: WIDE, state: await page.context().storageState(), ...wishes });
}

async function linkByMail(page, demo, mail) {
  const before = new Set((await demo.mails()).map((one) => one.number));
  await page.goto(`${demo.tend}/sign-in/link`);
  await page.locator('main input[type=email], main input[name=mail]').fill(mail);
  await page.locator('main form button').first().click();
  const letter = await demo.mail((one) => !before.has(one.number) && one.to.includes(mail) && /\/sign-in\/link\//.test(one.text));
  return linkIn(letter, /\/sign-in\/link\//);
}

/** A person with a phone who is not signed in. */
export function phone(browser, wishes = {}) {
  return open(browser, { size: NARROW, phone: true, ...wishes });
}

/** Waits until the screen says so; a live screen does it by itself. */
export async function says(page, pattern, patience = PATIENCE) {
  await page.getByText(pattern).filter({ visible: true }).first().waitFor({ timeout: patience });
}

/** Waits until the answer at the top says so. */
export async function answers(page, pattern, patience = PATIENCE) {
  await page.locator('h1').filter({ hasText: pattern }).first().waitFor({ timeout: patience });
}

/** Walks with the tab key to the thing with this name; every stop on the way shows where the focus is. */
export async function tabTo(page, name, most = 120) {
  const seen = [];
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(focused);
    if (here.tag === 'BODY') continue;
    seen.push(here.said.slice(0, 24));
    assert.ok(here.shown, `the focus can be seen on "${here.said}" (${here.tag})`);
    if (name.test(here.said)) return here;
  }
  assert.fail(`${name} is not reached by the tab key; it passed ${seen.join(' | ')}`);
}

/* Runs in the page: what has the focus, what it is called, and whether one sees it. */
function focused() {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const ringed = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const said = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '';
  return { said: said.trim().replace(/\s+/g, ' '), shown: ringed, tag: one.tagName };
}

/** No complaint in the console so far. */
export function quiet(...pages) {
  for (const page of pages) assert.deepEqual(page.complaints, []);
}
