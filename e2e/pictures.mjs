// The pictures of the README, taken from the running demonstration while something is broken.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, open } from './lib/browser.mjs';
import { linkIn, startDemo } from './lib/demo.mjs';
import { phone, signIn } from './lib/people.mjs';

const out = process.env.TEND_OUT;
await mkdir(out, { recursive: true });
const [browser, demo] = await Promise.all([launch(), startDemo()]);
try {
  const desk = await signIn(browser, demo, { link: demo.sign_in });
  const take = (page, name) => page.screenshot({ path: join(out, `${name}.png`) });
  await desk.goto(`${demo.tend}/services`);
  await demo.breaks('down');
  const mail = await demo.mail((one) => /\/a\//.test(one.text));
  const hand = await phone(browser);
  await hand.goto(linkIn(mail, /\/a\//));
  await take(hand, 'acknowledge');
  await hand.getByRole('button', { name: /acknowledge|take it on/i }).first().tap();
  await desk.goto(`${demo.tend}/services`);
  await take(desk, 'services');
  await desk.getByRole('link', { name: 'Parking permits' }).first().click();
  await desk.waitForURL(/\/services\/svc_/);
  await take(desk, 'service');
  await desk.goto(`${demo.tend}/incidents`);
  await desk.getByRole('row').filter({ hasText: 'Parking permits' }).getByRole('link').first().click();
  await desk.waitForURL(/\/incidents\/inc_/);
  await take(desk, 'incident');
  await desk.emulateMedia({ colorScheme: 'dark' });
  await take(desk, 'incident-dark');
  await desk.emulateMedia({ colorScheme: 'light' });
  await desk.goto(`${demo.tend}/on-call`);
  await take(desk, 'on-call');
  await hand.goto(`${demo.tend}/status/parking-permits`);
  await take(hand, 'status-page');
  const panel = await open(browser, { size: { width: 1100, height: 900 } });
  await panel.goto(demo.controls);
  await take(panel, 'controls');
  await panel.goto(`${demo.mailbox}/mail/${mail.number}`);
  await take(panel, 'mailbox');
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`pictures in ${out}`);
