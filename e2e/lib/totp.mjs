// The one-time passwords of an authenticator app (RFC 6238, SHA-1, 30 seconds, 6 digits).
import { createHmac } from 'node:crypto';

/** The code for a secret in base 32 at a time in milliseconds. */
export function code(secret, at = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', bytes(secret)).update(counter).digest();
  const offset = hash[19] & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function bytes(base32) {
  let bits = '';
  for (const letter of base32.toUpperCase().replace(/[^A-Z2-7]/g, '')) {
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  }
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
