import type { Migration } from '../../database/migrate.js';
import { initial } from './0010-initial.js';
import { firings } from './0020-firings.js';

/** Every version that the registry has had, oldest first. A released one never changes; `test/schemas/` holds its dump. */
export const MIGRATIONS: readonly Migration[] = [initial, firings];
