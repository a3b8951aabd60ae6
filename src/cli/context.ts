import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Connection, Context } from '../context.js';
import { SchedError } from '../errors.js';
import type { Registry } from '../registry/registry.js';
import { machineZone, resolveZone } from '../time/zone.js';
import { type Configuration, certificateFile, registryFile } from './configuration.js';
import type { Progress } from './progress.js';
import type { Sink, Surface } from './streams.js';
import { lines } from './visible.js';

/** Milliseconds that one call of a driver may take, retries included, unless `--timeout` says otherwise. */
const CALL_TIME = 60_000;

export interface ContextOptions {
  readonly surface: Surface;
  readonly stderr: Sink;
  readonly configuration: Configuration;
  readonly signal: AbortSignal;
  readonly terminate: AbortSignal;
  readonly progress: Progress;
  readonly debug: boolean;
  /** As typed in `--registry`. */
  readonly registry: string | undefined;
  /** As typed in `--ca-file`. */
  readonly caFile: string | undefined;
  /** Milliseconds, as typed in `--timeout`. */
  readonly timeout: number | undefined;
  /** Not even a registry file is made. */
  readonly dryRun: boolean;
}

/** A context and the way to give back what it opened. */
export interface OpenContext {
  readonly context: Context;
  close(): Promise<void>;
}

/** Nothing is opened, looked up or loaded before an operation asks for it. */
export function openContext(options: ContextOptions): OpenContext {
  const { surface, configuration, signal } = options;
  const clock = { now: surface.now };
  let registry: Promise<Registry> | undefined;
  const connections = new Map<string, Promise<Connection>>();
  const pending = new Set<Promise<void>>();

  function write(text: string): void {
    const written = options.stderr.write(`${lines(text)}\n`);
    pending.add(written);
    void written.finally(() => pending.delete(written)).catch(() => undefined);
  }

  function debug(message: string): void {
    if (options.debug) {
      write(`debug: ${message}`);
    }
  }

  async function openRegistryFile(): Promise<Registry> {
    const file = registryFile(options.registry, configuration, surface);
    debug(`registry ${file}`);
    const { openRegistry } = await import('../registry/open.js');
    return openRegistry(file, {
      mode: options.dryRun ? 'look' : 'write',
      now: clock.now(),
      seed: localOrchestrator(file),
    });
  }

  async function connect(orchestrator: Connection['orchestrator'], until: AbortSignal): Promise<Connection> {
    const { connectDriver } = await import('../drivers/index.js');
    const { manifest, driver } = await connectDriver(orchestrator, {
      signal: until,
      clock,
      debug,
      timeoutMs: options.timeout ?? CALL_TIME,
      secrets: [],
      surroundings: { env: surface.env, caFile: certificateFile(options.caFile, configuration, surface) },
    });
    return { orchestrator, manifest, driver };
  }

  const timezone = zoneOf(configuration, surface.env);
  const context: Context = {
    clock,
    signal,
    terminate: options.terminate,
    get holder() {
      return { actor: actorOf(surface.env), host: hostname(), pid: process.pid };
    },
    cwd: surface.cwd,
    env: surface.env,
    timezone,
    interactive: isInteractive(surface),
    debug,
    registry: () => (registry ??= openRegistryFile()),
    connect(orchestrator) {
      const known = connections.get(orchestrator.id) ?? connect(orchestrator, signal);
      connections.set(orchestrator.id, known);
      return known;
    },
    connectUntil: connect,
    async orchestratorName(flag) {
      const chosen = flag ?? configuration.get('orchestrator')?.value;
      if (chosen !== undefined) {
        return chosen;
      }
      const record = (await context.registry()).orchestrators().find(({ isDefault }) => isDefault);
      if (record === undefined) {
        throw new SchedError('ORCHESTRATOR_NOT_FOUND', 'There is no default orchestrator.', {
          hint: 'Name one with --orchestrator, or make one the default: sched orchestrator update NAME --default',
        });
      }
      return record.name;
    },
    progress: options.progress,
    say(text) {
      options.progress(null);
      write(text);
    },
    async confirm(question) {
      if (!context.interactive) {
        throw new SchedError('USAGE', `${question} Nobody is there to confirm it: add --yes.`);
      }
      options.progress(null);
      await Promise.allSettled(pending);
      const { askYesNo } = await import('./prompts/prompt.js');
      return await askYesNo(question, signal);
    },
  };

  return {
    context,
    async close() {
      options.progress(null);
      const opened = await Promise.allSettled(connections.values());
      await Promise.allSettled(
        opened.map((one) => (one.status === 'fulfilled' ? one.value.driver.close() : undefined)),
      );
      const [file] = await Promise.allSettled([registry]);
      if (file.status === 'fulfilled') {
        file.value?.close();
      }
      await Promise.allSettled(pending);
    },
  };
}

/** A person can be asked: both ends are terminals, and no automation says otherwise. */
export function isInteractive({ stdin, stderr, env }: Surface): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !env.CI;
}

/** The zone of times without one: `SCHED_TIMEZONE`, then the files, then the machine; looked up when first asked for. */
export function zoneOf(
  configuration: Configuration,
  env: Surface['env'],
): { readonly name: string; readonly source: string } {
  const setting = configuration.get('timezone');
  let name: string | undefined;
  return {
    get name() {
      name ??= setting === undefined ? machineZone() : resolveZone(setting.value);
      return name;
    },
    source: setting?.source ?? (env.TZ ? 'TZ' : 'this machine'),
  };
}

/** The orchestrator that a new registry begins with: the agent's own file beside it. */
function localOrchestrator(registry: string) {
  let id: string | undefined;
  return {
    // Only a new registry asks, and loading the generator takes time.
    get id() {
      id ??= globalThis.crypto.randomUUID();
      return id;
    },
    name: 'local',
    flavor: 'local',
    settings: { file: join(dirname(registry), 'agent', 'agent.db') },
    identity: null,
    isDefault: true,
  };
}

function actorOf(env: Surface['env']): string {
  return env.SCHED_ACTOR || `${userName(env)}@${hostname()}`;
}

function userName(env: Surface['env']): string {
  try {
    return userInfo().username;
  } catch {
    // No such user in the password file (a container with a bare uid).
    return env.USER || `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
