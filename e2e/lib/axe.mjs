// Accessibility by axe: WCAG 2.2 AA and its best practices.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds on a page, one line each. `rules` narrows it to some rules: what does not change with the
 * colours need not be asked twice.
 */
export async function look(page, { rules, exclude = [] } = {}) {
  // Evaluated, not added as a script tag: the pages allow no inline script.
  await page.evaluate(source);
  const found = await page.evaluate(
    async ({ tags, rules, exclude }) => {
      const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags };
      const result = await globalThis.axe.run({ exclude }, { runOnly, resultTypes: ['violations'] });
      return result.violations.map((one) => ({
        id: one.id,
        help: one.help,
        nodes: one.nodes.slice(0, 3).map((node) => ({ html: node.html.slice(0, 160), why: node.failureSummary })),
        more: Math.max(0, one.nodes.length - 3),
      }));
    },
    { tags: TAGS, rules, exclude },
  );
  return found.map((one) => {
    const places = one.nodes.map((node) => `\n      ${node.html}\n        ${node.why.replaceAll('\n', '\n        ')}`);
    return `${one.id}: ${one.help}${places.join('')}${one.more ? `\n      and ${one.more} more` : ''}`;
  });
}
