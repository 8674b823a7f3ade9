// The test vectors of RFC 6238, appendix B, cut to six digits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code } from './lib/totp.mjs';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('codes are those of the RFC', () => {
  assert.equal(code(SECRET, 59_000), '287082');
  assert.equal(code(SECRET, 1_111_111_109_000), '081804');
  assert.equal(code(SECRET, 20_000_000_000_000), '353130');
});
