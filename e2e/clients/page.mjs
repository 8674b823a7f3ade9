// What a client for browsers finds in one, by jsdom.
import { JSDOM } from 'jsdom';

/** Puts the page into the globals that the client looks for. */
export function page(url, referrer = 'https://www.gov.example/') {
  const { window } = new JSDOM('<!doctype html><title>Apply</title><body></body>', { url, referrer, pretendToBeVisual: true });
  const names = ['window', 'document', 'location', 'history', 'XMLHttpRequest', 'localStorage', 'sessionStorage', 'Element', 'HTMLElement', 'Node', 'Event', 'CustomEvent', 'MutationObserver', 'addEventListener', 'removeEventListener', 'screen'];
  window.fetch = globalThis.fetch;
  // jsdom lays nothing out, so nothing ever changes its size.
  globalThis.ResizeObserver = class { observe() {} };
  for (const name of names) {
    const value = name === 'window' ? window : typeof window[name] === 'function' && name.endsWith('Listener') ? window[name].bind(window) : window[name];
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });
  return window;
}
