// Tend as an installation has it: declared by a file, asked with a token, on a free port of loopback.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** How long Tend may take to start, milliseconds. A debug build opens its database slowly. */
const PATIENCE = 90_000;

/** Applies a file, starts Tend on it, and gives its address, `api`, `tend` (the command line) and `stop`. */
export async function startTend(declared, person) {
  const program = process.env.TEND_BIN;
  if (!program) throw new Error('TEND_BIN names the program');
  const folder = await mkdtemp(join(tmpdir(), 'tend-clients-'));
  const data = join(folder, 'data');
  const env = { ...process.env, NO_COLOR: '1' };
  const tend = async (...words) => (await run(program, [...words, '--data', data, '--log', 'error'], { env })).stdout;
  await mkdir(join(folder, 'declared'));
  await writeFile(join(folder, 'declared', 'all.yml'), declared);
  await tend('apply', join(folder, 'declared'));
  const token = (await tend('token', 'make', '--person', person, '--right', 'see', 'clients')).match(/\S{20,}/)?.[0];
  const child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--log', 'warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => ['ended']);
  const [line] = await Promise.race([once(lines, 'line', { signal: AbortSignal.timeout(PATIENCE) }), ended]);
  const address = line.match(/http:\/\/\S+/)?.[0];
  if (!address) throw new Error(`tend serve did not start: ${line}\n${said.join('\n')}`);
  lines.on('line', (more) => said.push(more));
  const api = async (path) => {
    const answer = await fetch(`${address}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const halt = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const stop = async () => {
    await halt();
    await rm(folder, { recursive: true, force: true });
  };
  return { address, api, tend, folder, halt, stop, said };
}

/** Looks again and again until something is so, and gives it; says what it saw last when it never was. */
export async function until(look, patience = 20_000) {
  const late = Date.now() + patience;
  let seen;
  while (Date.now() < late) {
    seen = await look();
    if (seen?.ok) return seen;
  }
  throw new Error(`it did not come in ${patience / 1000} s; there is ${JSON.stringify(seen, null, 1)?.slice(0, 4_000)}`);
}
