// Real clients from npm and PyPI, and Tend's own tracker in a real browser, against a Tend that runs: each believes
// that it succeeded, sends nothing twice, and what it told is in the lake.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch } from './lib/browser.mjs';
import { startTend, until } from './lib/tend.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const data = join(here, '../crates/testkit/data');
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** Sources by the word that their clients send; each in a service of its own, so that nothing is mixed up. */
const SOURCES = {
  plausible: 'domains: [svc.example]',
  umami: 'also: ["11111111-1111-4111-8111-111111111111"]',
  'posthog-node': 'also: [phc_node]',
  'posthog-js': 'also: [phc_js]',
  'posthog-py': 'also: [phc_py]',
  matomo: 'also: ["7001"]',
  'snowplow-node': 'also: [snow-node]',
  'snowplow-py': 'also: [snow-py]',
  'otel-js': 'also: [otel-key]',
  'otel-py': 'also: [py-otel]',
  tracker: 'also: [tracker-key]',
  permits: 'also: [permits-key]',
  log: 'also: [log-key]',
};
const DECLARED = `
operator: { name: Kustwerk }
people: [{ name: Olga, email: olga@kustwerk.example, roles: [{ role: admin }] }]
services:
${Object.entries(SOURCES).map(([name, words]) => `  - name: ${name}\n    sources: [{ name: ${name}, ${words} }]`).join('\n')}
`;

let tend;
let ids;

before(async () => {
  tend = await startTend(DECLARED, 'olga@kustwerk.example');
  const { sources } = await tend.api('/sources');
  ids = Object.fromEntries(sources.map(({ name, id }) => [name, id]));
});
after(() => tend?.stop());

/** What a source took, once it took this much; the newest events by what they are. */
async function arrived(source, { events = 0, vitals = 0, named = [] }) {
  const { seen } = await until(async () => {
    const seen = await tend.api(`/sources/${ids[source]}`);
    const took = seen.day.taken + seen.day.bots;
    const there = named.every((name) => seen.newest.some(({ what }) => what.includes(name)));
    const brief = { day: seen.day, newest: seen.newest.map(({ what }) => what), reasons: seen.reasons };
    return { ok: took >= events && seen.day.vitals >= vitals && there, ...brief, seen };
  });
  return seen;
}

/** Starts a client of npm; gives what it believes, and `ends` lets it go. */
async function client(name) {
  const child = spawn(process.execPath, [join(here, 'clients/run.mjs'), name, tend.address], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = once(child, 'exit').then(() => [undefined]);
  const lines = createInterface({ input: child.stdout });
  // A client may talk before it tells.
  let believes;
  for await (const line of lines) {
    try {
      believes = JSON.parse(line);
      break;
    } catch {
      said.push(line);
    }
  }
  if (believes === undefined) throw new Error(`${name} ended:\n${said.join('\n')}`);
  const ends = async () => {
    child.stdin.end();
    await ended;
  };
  return { believes, ends, said };
}

async function python(name) {
  const program = process.env.TEND_PYTHON;
  const { stdout } = await promisify(execFile)(program, [join(here, 'clients/clients.py'), name, tend.address], { env: { ...process.env, POSTHOG_DISABLED: '' } });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Nothing came twice and nothing was refused. */
function once_each(seen, exactly) {
  assert.equal(seen.day.duplicates, 0, 'something was sent again');
  assert.equal(seen.day.ignored, 0, JSON.stringify(seen.reasons));
  assert.equal(seen.day.taken + seen.day.bots, exactly);
}

describe('clients of npm', () => {
  test('plausible-tracker and @plausible-analytics/tracker', async () => {
    const old = await client('plausible-tracker');
    assert.equal(old.believes, 'called back twice');
    const fresh = await client('@plausible-analytics/tracker');
    assert.deepEqual(fresh.believes, [202, 202]);
    await Promise.all([old.ends(), fresh.ends()]);
    once_each(await arrived('plausible', { events: 4, named: ['signup', 'Submit application'] }), 4);
  });

  test('@umami/node', async () => {
    const umami = await client('@umami/node');
    assert.deepEqual(umami.believes, [200, 200, 200]);
    await umami.ends();
    const seen = await arrived('umami', { events: 2, named: ['signup-umami'] });
    assert.equal(seen.day.duplicates, 0);
    assert.equal(seen.day.taken + seen.day.bots, 2);
  });

  test('posthog-node', async () => {
    const posthog = await client('posthog-node');
    assert.deepEqual(posthog.believes, []);
    await posthog.ends();
    once_each(await arrived('posthog-node', { events: 1, named: ['page viewed'] }), 1);
  });

  test('posthog-js', async () => {
    const posthog = await client('posthog-js');
    const seen = await arrived('posthog-js', { events: 2, named: ['submit'] });
    await posthog.ends();
    assert.deepEqual(posthog.believes, []);
    assert.equal(seen.day.duplicates, 0);
  });

  test('matomo-tracker', async () => {
    const matomo = await client('matomo-tracker');
    assert.deepEqual(matomo.believes.errors, []);
    assert.deepEqual(matomo.believes.bulk, { status: 'success', tracked: 2, invalid: 0 });
    const seen = await arrived('matomo', { events: 3 });
    await matomo.ends();
    once_each(seen, 3);
  });

  test('@snowplow/node-tracker', async () => {
    const snowplow = await client('@snowplow/node-tracker');
    const seen = await arrived('snowplow-node', { events: 2, named: ['submit'] });
    await snowplow.ends();
    assert.ok(!JSON.stringify(snowplow.believes).includes('failed'), JSON.stringify(snowplow.believes));
    once_each(seen, 2);
  });

  test('@opentelemetry: spans in protobuf and in JSON, a metric, a line of a log', async () => {
    const otel = await client('opentelemetry');
    await otel.ends();
    assert.deepEqual(otel.believes.map(([code]) => code), [0, 0, 0, 0], JSON.stringify(otel.believes));
    assert.deepEqual(otel.said.filter((line) => /partial|reject/i.test(line)), []);
    once_each(await arrived('otel-js', { events: 4 }), 4);
  });
});

describe('clients of PyPI', { skip: process.env.TEND_PYTHON ? false : 'no Python environment: PyPI cannot be reached' }, () => {
  test('posthog', async () => {
    const believes = await python('posthog');
    assert.deepEqual(believes.errors, []);
    const seen = await arrived('posthog-py', { events: 2, named: ['page viewed'] });
    assert.equal(seen.day.duplicates, 0);
  });

  test('snowplow-tracker', async () => {
    assert.deepEqual(await python('snowplow'), { sent: 4, failed: 0 });
    once_each(await arrived('snowplow-py', { events: 4, named: ['submit-post', 'submit-get'] }), 4);
  });

  test('opentelemetry, known by its service.name', async () => {
    const believes = await python('opentelemetry');
    assert.ok(believes.length >= 3 && believes.every((answer) => answer === 'SUCCESS'), JSON.stringify(believes));
    const seen = await arrived('otel-py', { events: 3 });
    assert.equal(seen.day.ignored, 0);
  });
});

describe("Tend's own tracker in Chromium", () => {
  let browser;
  let site;
  let address;

  before(async () => {
    browser = await launch();
    const page = (attributes, more = '') => `<!doctype html><html lang="en"><head><title>Apply</title>
      <script src="${tend.address}/t.js" data-key="tracker-key" ${attributes}></script></head>
      <body data-tend-case="A-12"><h1>Apply</h1>
      <form id="apply"><label>Name <input name="name"></label><label>Town <input name="town"></label><button>Send</button></form>
      <button id="pay" data-tend-event="payment started" data-tend-prop-method="ideal" data-tend-value="12.5">Pay</button>
      <a id="out" href="http://localhost:9/elsewhere?secret=1" target="_blank">Elsewhere</a>${more}</body></html>`;
    site = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(request.url.startsWith('/quiet') ? page('data-respect-signals') : page('data-release="1.4.2" data-session'));
    });
    await new Promise((done) => site.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${site.address().port}`;
  });
  after(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
  });

  test('a page view, an event, an outbound link, an error, a form that is abandoned, and the vitals arrive', async () => {
    const context = await browser.newContext({ userAgent: CHROME });
    const page = await context.newPage();
    await page.goto(`${address}/apply?utm_source=letter`);
    await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/t/vitals-')));
    await page.fill('[name=name]', 'A person');
    await page.fill('[name=town]', 'Lindehaven');
    await page.click('#pay');
    await page.evaluate(() => document.querySelector('#out').addEventListener('click', (event) => event.preventDefault()));
    await page.click('#out');
    await page.evaluate(() => { queueMicrotask(() => { throw new Error('it broke'); }); });
    await page.evaluate(() => history.pushState({}, '', '/apply/pay'));
    await page.evaluate(() => window.tend('asked for help', { about: 'fee' }));
    await page.fill('[name=name]', 'Again');
    await page.goto('about:blank');
    const named = ['payment started', 'outbound', 'error', 'asked for help', 'form started', 'form abandoned', 'pageview'];
    const seen = await arrived('tracker', { events: 10, vitals: 3, named });
    assert.equal(seen.day.ignored, 0, JSON.stringify(seen.reasons));
    assert.equal(seen.day.duplicates, 0);
    assert.equal(seen.day.bots, 0);
    const told = JSON.stringify(seen.newest);
    for (const secret of ['A person', 'Lindehaven', 'secret=1']) assert.ok(!told.includes(secret), `${secret} was sent`);
    for (const word of ['1.4.2', 'letter', 'ideal', 'it broke', '/apply/pay', 'town']) assert.ok(told.includes(word), `${word} is missing in ${told}`);
    assert.deepEqual(await context.cookies(), [], 'no cookie');
    await context.close();
  });

  test('nothing is sent for who asks not to be followed, when the page says so', async () => {
    const context = await browser.newContext({ userAgent: CHROME });
    await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    const page = await context.newPage();
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await page.goto(`${address}/quiet`);
    await page.click('#pay');
    await page.evaluate(() => window.tend('x'));
    await page.goto('about:blank');
    assert.deepEqual(sent, []);
    await context.close();
  });
});

describe('files, by `tend import`', () => {
  const mapping = 'name=concept:name,at=time:timestamp,case=case:concept:name,prop.channel=case:channel';

  test('go to a Tend that runs, and a file that is read again counts once', async () => {
    const read = async () => JSON.parse(await tend.tend('import', 'events', join(data, 'permit.csv.gz'), '--map', mapping, '--source', 'permits-key', '--to', tend.address, '--json'));
    assert.deepEqual(await read(), { read: 8577, kept: 8577, bots: 0, duplicates: 0, not_taken: {} });
    assert.equal((await read()).duplicates, 8577);
    await assert.rejects(tend.tend('import', 'events', join(data, 'permit.csv.gz'), '--map', mapping, '--source', 'permits-key'), /--to/, 'while Tend runs its folder is its own');
  });

  // The last of all: Tend is stopped for it.
  test('go into the folder of one that does not', async () => {
    await tend.halt();
    const report = JSON.parse(await tend.tend('import', 'access-log', join(data, 'access.log.gz'), '--source', 'log-key', '--json'));
    assert.equal(report.read, 10_000);
    assert.equal(report.kept + report.bots, 9_999);
    assert.deepEqual(Object.values(report.not_taken), [{ count: 1, first: [8_899] }]);
  });
});
