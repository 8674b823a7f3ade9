// What the page felt like, measured by the `web-vitals` package; loaded by the tracker when the page is there.
import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';

/** Calls back with the name and the value of each measurement, and again with what it has become. */
export default function watch(tell) {
  for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB]) {
    measure(({ name, value }) => tell(name.toLowerCase(), value));
  }
}
