/** `sched __complete KIND TYPED [REGISTRY]`: what completion scripts ask while someone types. */
import type { Registry } from '../../registry/registry.js';
import { loadConfiguration, registryFile } from '../configuration.js';
import type { Surface } from '../streams.js';

/** More would only fill the screen. */
const MOST = 500;

/**
 * Prints the candidates that begin with `typed`, one a line, and nothing else: whatever is wrong, there are none. The registry is
 * only read. Names with a line end in them are left out.
 */
export async function complete(
  [kind = '', typed = '', registry = '']: readonly string[],
  surface: Surface,
): Promise<number> {
  const found = await candidates(kind, typed, registry === '' ? undefined : registry, surface).catch(() => []);
  const text = found
    .filter((one) => one.startsWith(typed) && !/[\n\r]/.test(one))
    .map((one) => `${one}\n`)
    .join('');
  // Nobody is left to be told when the shell has stopped listening.
  surface.stdout.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    surface.stdout.write(text, () => resolve());
  });
  return 0;
}

async function candidates(
  kind: string,
  typed: string,
  file: string | undefined,
  surface: Surface,
): Promise<readonly string[]> {
  switch (kind) {
    case 'schedule':
      return await fromRegistry(file, surface, (registry) => registry.scheduleNames(typed, MOST));
    case 'orchestrator':
      return await fromRegistry(file, surface, (registry) =>
        registry
          .orchestrators()
          .map(({ name }) => name)
          .sort(),
      );
    case 'change':
      return await fromRegistry(file, surface, (registry) =>
        registry.changes({ limit: 50 }).map(({ number }) => String(number)),
      );
    case 'flavor': {
      const { drivers } = await import('../../drivers/index.js');
      return drivers.map(({ manifest }) => manifest.flavor).sort();
    }
    case 'timezone': {
      const { zoneNames } = await import('../../time/zone.js');
      return zoneNames();
    }
    default:
      return [];
  }
}

async function fromRegistry(
  flag: string | undefined,
  surface: Surface,
  read: (registry: Registry) => readonly string[],
): Promise<readonly string[]> {
  const file = registryFile(flag, await loadConfiguration(surface), surface);
  const { openRegistry } = await import('../../registry/open.js');
  const registry = openRegistry(file, { mode: 'read', now: surface.now(), seed: null });
  try {
    return read(registry);
  } finally {
    registry.close();
  }
}
