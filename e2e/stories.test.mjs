// What people click through, in a real browser, against the real demonstration: real probes, real mail, real time.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { look } from './lib/axe.mjs';
import { launch, open, overflow } from './lib/browser.mjs';
import { linkIn, startDemo } from './lib/demo.mjs';
import { another, answers, phone, quiet, says, signIn, tabTo } from './lib/people.mjs';
import { code } from './lib/totp.mjs';

const NOOR = 'noor.kaya@kustwerk.example';
const INES = 'ines.vermeer@kustwerk.example';
/** The link of a page: one tap from the mail. */
const PAGED = /\/a\//;

describe('the demonstration in a browser', () => {
  let browser;
  let demo;
  let watcher;
  let windows = [];
  const opened = async (page) => {
    windows.push(await page);
    return page;
  };
  before(async () => {
    [browser, demo] = await Promise.all([launch(), startDemo()]);
    // Signed in once; the other windows share it.
    watcher = await signIn(browser, demo, { link: demo.sign_in });
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  afterEach(async () => {
    await Promise.all(windows.map((page) => page.context().close()));
    windows = [];
  });
  /** Whoever is on call gets it by mail; `since` leaves out the mails of earlier stories. */
  const summons = (since) => demo.mail((mail) => mail.number > since && PAGED.test(mail.text));
  const lastMail = async () => Math.max(0, ...(await demo.mails()).map((mail) => mail.number));

  /** From the list of incidents into the one that goes on. */
  const openIncident = async (page, state = '.state-open') => {
    const row = page.getByRole('row').filter({ hasText: 'Parking permits' });
    await row.filter({ has: page.locator(state) }).locator('a[href*="/incidents/inc_"]').first().click();
    await page.waitForURL(/\/incidents\/inc_/);
  };
  test('a service breaks and the right person is woken, acknowledges with two taps, and sees it close', async () => {
    const desk = await opened(another(browser, watcher));
    await desk.goto(`${demo.tend}/services`);
    const row = desk.getByRole('row').filter({ hasText: 'Parking permits' });
    await row.waitFor();
    await row.locator('.state-up').first().waitFor({ timeout: 60_000 });

    const panel = await opened(open(browser));
    await panel.goto(demo.controls);
    await panel.getByRole('button', { name: /break: web server down/i }).click();
    const mail = await summons(0);
    assert.match(mail.subject, /Parking permits/);

    // The list has noticed by itself.
    await row.locator('.state-down').first().waitFor({ timeout: 30_000 });

    const hand = await opened(phone(browser));
    await hand.goto(linkIn(mail, PAGED)); // the first tap
    assert.equal((await overflow(hand)).over, 0, 'all of it fits on the phone');
    assert.deepEqual(await look(hand), []);
    await hand.getByRole('button', { name: /take it on/i }).first().tap(); // the second
    await says(hand, /acknowledged/i);

    await hand.goto(`${demo.tend}/status/parking-permits`);
    assert.match(await hand.locator('h1').first().innerText(), /^not working/i);
    assert.deepEqual(await look(hand), []);

    await desk.goto(`${demo.tend}/incidents`);
    await openIncident(desk, '.state-acknowledged');
    await says(desk, /acknowledged/i);

    await panel.getByRole('button', { name: /heal everything/i }).click();
    // Resolved by itself after the quiet time of two minutes.
    await desk.locator('#answer .state-resolved').first().waitFor({ timeout: 200_000 });
    const timeline = await desk.locator('main').innerText();
    for (const told of [/opened by a probe/i, /mail to/i, /took it on/i, /works again/i, /resolved/i]) assert.match(timeline, told);

    await hand.reload();
    await answers(hand, /everything works/i);
    quiet(desk, panel, hand);
  });

  test('a page that nobody answers climbs to the next person', async () => {
    const since = await lastMail();
    await demo.breaks('bank-down');
    const first = await summons(since);
    const second = await demo.mail(
      (mail) => mail.number > first.number && PAGED.test(mail.text) && mail.to[0] !== first.to[0],
      90_000,
    );
    assert.deepEqual(second.to, [INES], 'the second step is Ines');
    // It stays broken: the next stories take it on.
  });

  test('the keyboard alone is enough', async () => {
    const since = await lastMail();
    await demo.breaks('expired-certificate'); // what was resolved a moment ago is back, and pages again
    const page = await opened(another(browser, watcher));
    await page.goto(`${demo.tend}/services`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // past the frame to the screen
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
    await page.keyboard.press('Escape');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('?');
    await page.locator('#keys').waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    await page.locator('#keys').waitFor({ state: 'hidden' });
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/services\/svc_/);
    await summons(since);
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL(/\/incidents$/);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/incidents\/inc_/);
    await tabTo(page, /^acknowledge/i);
    await page.keyboard.press('Enter');
    await says(page, /acknowledged/i);
    quiet(page);
  });

  test('everything works without script', async () => {
    const page = await opened(another(browser, watcher, { script: false }));
    await page.goto(`${demo.tend}/services`);
    await page.getByRole('link', { name: 'Parking permits' }).first().click();
    await page.waitForURL(/\/services\/svc_/);
    await page.goto(`${demo.tend}/incidents`);
    await openIncident(page, '.state-open, .state-acknowledged'); // the keyboard's story has taken it on
    await page.getByRole('button', { name: /^(acknowledge|take over|keep it longer)/i }).first().click();
    await says(page, /acknowledged/i);
    await page.getByRole('button', { name: /note/i }).first().click(); // a popover of HTML, which needs no script
    await page.locator('[popover] textarea[name=body]').filter({ visible: true }).first().fill('The bank says they are on it.');
    await page.locator('[popover] button[type=submit], [popover] form button').filter({ visible: true }).last().click();
    await says(page, 'The bank says they are on it.');
    quiet(page);
  });

  test('a link to sign in comes by mail and works once', async () => {
    const page = await opened(signIn(browser, demo, { mail: INES }));
    assert.equal((await page.goto(`${demo.tend}/services`)).status(), 200);
    const again = await opened(open(browser));
    await again.goto(demo.sign_in);
    await again.goto(`${demo.tend}/services`);
    assert.match(again.url(), /\/sign-in/);
    quiet(page);
  });

  test('a second factor is set up, and from then on a password alone is not enough', async () => {
    const password = 'four quiet herons at the lock';
    const page = await opened(signIn(browser, demo, { mail: NOOR }));
    const since = await lastMail();
    await page.goto(`${demo.tend}/me/security`);
    await page.locator('input[name=new]').fill(password);
    await page.getByRole('button', { name: 'Set password' }).click();
    await says(page, 'Your password is set.');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.waitForURL(/\/me\/totp$/);
    assert.deepEqual(await look(page), []);
    const secret = new URL(await page.locator('a[href^="otpauth:"]').getAttribute('href')).searchParams.get('secret');
    await page.locator('input[name=code]').fill(code(secret));
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.waitForURL(/\/me\/shown\//);
    await says(page, 'The second factor is on.');
    assert.ok((await page.locator('main code').count()) >= 8, 'codes to recover are shown');
    for (const told of [/password/i, /second factor/i]) {
      await demo.mail((mail) => mail.number > since && mail.to.includes(NOOR) && told.test(mail.subject));
    }

    await page.locator('.me').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    await page.locator('input[name=mail]').fill(NOOR);
    await page.locator('input[name=password]').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(/\/sign-in\/code/);
    const answer = page.waitForResponse((one) => one.request().method() === 'POST');
    await page.locator('input[name=code]').fill(code(secret, Date.now() - 3_600_000));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    assert.equal((await answer).status(), 422);
    await says(page, 'This code is not right');
    assert.equal((await page.request.get(`${demo.tend}/api/v1/services`)).status(), 401, 'not in yet');
    // A code works once, and this half minute's was typed when it was set up; the next one is taken early.
    await page.locator('input[name=code]').fill(code(secret, Date.now() + 30_000));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await page.goto(`${demo.tend}/me`);
    await answers(page, 'Noor Kaya');
    // The browser itself notes the refusal.
    assert.deepEqual(page.complaints.filter((one) => !/ 422 /.test(one)), []);
  });

  test('language and theme are switched and stay', async () => {
    const page = await opened(another(browser, watcher));
    await page.goto(`${demo.tend}/services`);
    const dark = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await dark();
    await page.locator('.me').click();
    const kept = page.waitForResponse((answer) => answer.url().endsWith('/look'));
    await page.locator('button[name=theme][value=dark]').click();
    await kept;
    assert.notEqual(await dark(), light);
    await page.reload();
    assert.notEqual(await dark(), light, 'it stays');
    await page.locator('.me').click();
    await page.locator('button[name=language][value=nl]').click();
    await page.locator('html[lang=nl]').waitFor();
    await says(page, 'Diensten');
    await page.locator('.me').click();
    await page.locator('button[name=language][value=en]').click();
    await page.locator('html[lang=en]').waitFor();
    quiet(page);
  });

  test('the live screens are accessible and fit a phone', async () => {
    const page = await opened(another(browser, watcher));
    const list = await page.goto(`${demo.tend}/services`);
    assert.equal(list.status(), 200);
    const service = await page.getByRole('link', { name: 'Parking permits' }).first().getAttribute('href');
    const screens = ['/services', service, `${service}/timeline`, '/incidents', '/on-call', '/probes', '/search?q=park', '/status/parking-permits'];
    const problems = [];
    for (const screen of screens) {
      for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
        await page.setViewportSize(size);
        const answer = await page.goto(`${demo.tend}${screen}`);
        if (answer.status() !== 200) problems.push(`${screen}: ${answer.status()}`);
        problems.push(...(await look(page)).map((one) => `${screen} at ${size.width}: ${one}`));
        const { over, culprits } = await overflow(page);
        if (over > 0 && size.width < 500) problems.push(`${screen} sticks out by ${over} px: ${culprits.join(', ')}`);
      }
    }
    if (problems.length > 0) assert.fail(problems.join('\n'));
    quiet(page);
  });

  test('the demonstration’s own pages are accessible', async () => {
    const page = await opened(open(browser));
    const problems = [];
    for (const address of [demo.site, `${demo.site}/apply`, demo.controls, demo.mailbox]) {
      await page.goto(address);
      problems.push(...(await look(page)).map((one) => `${address}: ${one}`));
    }
    if (problems.length > 0) assert.fail(problems.join('\n'));
    quiet(page);
  });
});
