// The browser: Debian's Chromium, driven without its own download.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// Without these the browser looks for its maker's servers at every start, which a closed network refuses.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--force-color-profile=srgb',
];

/** The sizes at which every screen is looked at: a desk and a phone. */
export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

/** Starts the browser. */
export async function launch() {
  const executablePath = process.env.TEND_CHROMIUM ?? PLACES.find(existsSync);
  if (!executablePath) throw new Error('no Chromium found: apt-get install chromium, or set TEND_CHROMIUM');
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

/**
 * Opens a fresh window, as a person with this device and these wishes has it.
 * `complaints` collects everything the browser complains about.
 */
export async function open(browser, { size = WIDE, theme = 'light', language = 'en', script = true, phone = false, state } = {}) {
  const context = await browser.newContext({
    viewport: size,
    storageState: state,
    colorScheme: theme,
    locale: language === 'nl' ? 'nl-NL' : 'en-GB',
    timezoneId: 'Europe/Amsterdam',
    javaScriptEnabled: script,
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => page.complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A stream or a request that the next page cuts off is no fault.
    if (!why.includes('ERR_ABORTED')) page.complaints.push(`request failed: ${request.url()} ${why}`);
  });
  return page;
}

/** How far the page sticks out to the right, in pixels; 0 when all of it can be read without scrolling sideways. */
export function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const over = Math.max(root.scrollWidth, document.body?.scrollWidth ?? 0) - root.clientWidth;
    if (over <= 0) return { over: 0, culprits: [] };
    const culprits = [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(0, 5)
      .map((one) => `${one.tagName.toLowerCase()}.${[...one.classList].join('.')}`);
    return { over, culprits };
  });
}
