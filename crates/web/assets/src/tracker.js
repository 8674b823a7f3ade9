// Tend's own tracker: what users of a service do, told to Tend.
//
//   <script async src="https://tend.example/t.js" data-key="KEY"></script>
//
// Attributes of the script: `data-key` (whose events these are), `data-release`, `data-case`, `data-channel`,
// `data-user` (a declared user), `data-session` (one visit per tab, kept in the tab's storage), `data-vitals="off"`,
// `data-manual` (no page views by itself), `data-respect-signals` (nothing when the browser says Do Not Track or
// Global Privacy Control), `data-to` (another address to send to). `data-tend-case` and `data-tend-release` may
// stand anywhere in the page instead.
//
// Keeps nothing in the browser: no cookie, and no storage unless `data-session` asks for it. Never reads what
// somebody typed: of a form it tells its name and the name of the field that was touched last. What is not yet
// sent is sent when the page is hidden, because a hidden page may never come back. Every event carries an id, so
// one that is sent twice is counted once.
const script = document.currentScript;
const own = script.dataset;
const home = script.src;
/** Milliseconds in which events gather before they are sent. */
const GATHER = 1000;
/** The most events of one request, and the most that wait. */
const MOST = 50;
/** Uncaught errors told of one load: a broken loop must not fill the lake. */
const MOST_ERRORS = 10;
/** How often a request is tried again after the server or the network failed. */
const TRIES = 3;
/** The longest text of a message, in letters. */
const LONGEST = 200;

const refuses = navigator.doNotTrack == 1 || navigator.globalPrivacyControl;
const on = (kind, tell, where = window) => where.addEventListener(kind, tell, true);
/** An attribute of the script, or of whatever in the page says it: a case is often known only to the page. */
const said = (name) =>
  own[name] || document.querySelector(`[data-tend-${name}]`)?.getAttribute(`data-tend-${name}`) || undefined;
const random = () => [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join('');

let load = random();
let count = 0;
let errors = 0;
let tries = 0;
let timer;
let waiting = [];
let vitals = {};
let path;
let here = location.href;
let landed = here;
let before = document.referrer;
let started = new Map();

function session() {
  if (!('session' in own)) return;
  try {
    return (sessionStorage.tend ||= random());
  } catch {
    return load;
  }
}

function tell(name, props, value) {
  waiting.push({ i: `${load}.${count++}`, n: name, t: Date.now(), u: location.href, r: before, c: said('case'), p: props, v: value });
  waiting = waiting.slice(-MOST);
  timer ||= setTimeout(send, GATHER);
}

function send() {
  clearTimeout(timer);
  timer = 0;
  for (const name in vitals) waiting.push({ n: name, l: load, t: Date.now(), u: landed, v: vitals[name] });
  vitals = {};
  const events = waiting.splice(0, MOST);
  if (!events[0]) return;
  const body = JSON.stringify({
    k: own.key, s: Date.now(), i: session(), d: own.user, h: own.channel, x: said('release'),
    l: navigator.language, w: innerWidth, e: events,
  });
  const to = new URL(own.to || 't', home);
  const again = () => {
    if (tries++ < TRIES) {
      waiting = events.concat(waiting);
      timer ||= setTimeout(send, GATHER * 4 ** tries);
    }
  };
  // Without cookies, and so that it outlives the page; browsers that cannot do both have the beacon.
  if ('keepalive' in Request.prototype) {
    fetch(to, { method: 'POST', body, keepalive: true, credentials: 'omit' })
      .then((answer) => (answer.status == 429 || answer.status > 499 ? again() : (tries = 0)), again);
  } else navigator.sendBeacon(to, body) || again();
}

function view() {
  if (path == location.pathname) return;
  abandon();
  if (path) before = here;
  path = location.pathname;
  here = location.href;
  if (!('manual' in own)) tell('pageview');
}

const nameOf = (form) =>
  form.getAttribute('data-tend-form') || form.id || form.getAttribute('name') || new URL(form.action || location.href, location.href).pathname;

function abandon() {
  for (const [form, field] of started) tell('form abandoned', { form, field });
  started.clear();
}

function named(element) {
  const props = {};
  for (const { name, value } of element.attributes) {
    if (name.startsWith('data-tend-prop-')) props[name.slice(15)] = value;
  }
  const value = element.getAttribute('data-tend-value');
  tell(element.getAttribute('data-tend-event'), props, value ? +value : undefined);
}

function clicked({ target, button }) {
  if (button > 1 || !target.closest) return;
  const link = target.closest('a[href]');
  // Without the query: addresses of others carry what is nobody's business here.
  if (link && /^http/.test(link.protocol) && link.host != location.host) {
    tell('outbound', { url: link.origin + link.pathname });
  }
  const element = target.closest('[data-tend-event]');
  if (element && !element.matches('form')) named(element);
}

function failed(message, file, line) {
  if (errors++ < MOST_ERRORS) {
    tell('error', { message: `${message}`.slice(0, LONGEST), at: file && `${new URL(file, location.href).pathname}:${line}` });
  }
}

function begin() {
  view();
  for (const way of ['pushState', 'replaceState']) {
    const plain = history[way];
    history[way] = function (...given) {
      plain.apply(this, given);
      view();
    };
  }
  on('popstate', view);
  on('click', clicked);
  on('auxclick', clicked);
  on('input', ({ target }) => {
    const { form } = target;
    if (!form || form.closest('[data-tend-ignore]')) return;
    const name = nameOf(form);
    if (!started.has(name)) tell('form started', { form: name });
    started.set(name, target.name || target.id);
  });
  on('submit', ({ target }) => {
    if (target.closest('[data-tend-ignore]')) return;
    started.delete(nameOf(target));
    tell('form submitted', { form: nameOf(target) });
    if (target.hasAttribute('data-tend-event')) named(target);
  });
  on('error', ({ message, filename, lineno }) => message && failed(message, filename, lineno));
  on('unhandledrejection', ({ reason }) => failed(reason?.message || reason));
  on('pagehide', () => {
    abandon();
    send();
  });
  // On the document and not before: the vitals listen on the window and have said their last by then.
  document.addEventListener('visibilitychange', () => document.hidden && send());
  on('pageshow', ({ persisted }) => {
    if (!persisted) return;
    // The browser gave the page back as it was: that is another load of it.
    load = random();
    landed = location.href;
    path = count = errors = 0;
    view();
  });
  if (own.vitals != 'off') {
    import(new URL(VITALS, home)).then((module) => module.default((name, value) => (vitals[name] = value))).catch(() => {});
  }
}

const quiet = refuses && 'respectSignals' in own;
// What the page told before this was loaded waits in `tend.q`.
const early = window.tend?.q || [];
window.tend = (name, props, value) => quiet || tell(name, props, value);
if (!quiet) {
  if (document.prerendering) document.addEventListener('prerenderingchange', begin, { once: true });
  else begin();
  for (const given of early) tell(...given);
}
