// The demonstration: `tend demo` as anybody starts it, on free ports and in a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long the demonstration may take to start, milliseconds. A debug build opens its database slowly. */
const PATIENCE = 90_000;

/**
 * Starts it. What it returns has the addresses (`tend`, `sign_in`, `controls`, `mailbox`, ..), verbs for what people
 * do outside the browser, and `stop`.
 */
export async function startDemo() {
  const program = process.env.TEND_BIN;
  if (!program) throw new Error('TEND_BIN names the program');
  const folder = await mkdtemp(join(tmpdir(), 'tend-e2e-'));
  const child = spawn(program, ['demo', '--json', '--free-ports', '--data', folder, '--log', 'warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const line = await firstLine(child, said);
    return { ...JSON.parse(line), said, stop, ...verbs(JSON.parse(line)) };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

async function firstLine(child, said) {
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => 'ended');
  const late = AbortSignal.timeout(PATIENCE);
  const line = await Promise.race([once(lines, 'line', { signal: late }).then(([line]) => line), ended]);
  if (line === 'ended') throw new Error(`tend demo ended:\n${said.join('\n')}`);
  // Read on, so that the pipe never fills.
  lines.on('line', (more) => said.push(more));
  return line;
}

function verbs(demo) {
  const press = async (action, fault) => {
    const answer = await fetch(`${demo.controls}/${action}`, { method: 'POST', body: new URLSearchParams({ fault }) });
    if (!answer.ok) throw new Error(`${action} ${fault}: ${answer.status}`);
  };
  return {
    /** Breaks the service, as the button does. */
    breaks: (fault) => press('break', fault),
    /** Heals it, or everything with `all`. */
    heals: (fault) => press('heal', fault),
    /** The mails that the catcher holds, newest first. */
    mails: async () => (await (await fetch(`${demo.mailbox}/mails.json`)).json()).mails,
    /** Waits for a mail that a function accepts. */
    mail: (accept, patience = 60_000) => mailFor(demo, accept, patience),
  };
}

/** The catcher tells when it got something, so nobody has to ask again and again. */
async function mailFor(demo, accept, patience) {
  const ask = async () => (await (await fetch(`${demo.mailbox}/mails.json`)).json()).mails;
  const signal = AbortSignal.timeout(patience);
  const events = await fetch(`${demo.mailbox}/events`, { signal });
  let seen = await ask();
  try {
    let found = seen.find(accept);
    if (found) return found;
    for await (const _ of events.body) {
      seen = await ask();
      found = seen.find(accept);
      if (found) return found;
    }
  } catch (problem) {
    if (problem.name !== 'TimeoutError' && problem.name !== 'AbortError') throw problem;
  } finally {
    events.body.cancel?.().catch(() => {});
  }
  throw new Error(`no such mail in ${patience / 1000} s; there are:\n${seen.map((mail) => `  to ${mail.to}: ${mail.subject}`).join('\n')}`);
}

/** The first address in a mail's text that a pattern accepts. */
export function linkIn(mail, pattern) {
  const found = (mail.text.match(/https?:\/\/[^\s<>")]+/g) ?? []).find((link) => pattern.test(link));
  if (!found) throw new Error(`no link like ${pattern} in the mail:\n${mail.text}`);
  return found;
}
