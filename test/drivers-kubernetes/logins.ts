/** Logins by kubeconfigs in a scratch folder that is gone after each test. */
import { afterEach, beforeEach } from '@jest/globals';
import { findTarget, type Target } from '../../src/drivers/kubernetes/kubeconfig.js';
import { type Login, logIn } from '../../src/drivers/kubernetes/login.js';
import type { Json } from '../../src/schedule.js';
import { type Folder, kubeconfig, openFolder } from './kubeconfigs.js';

/** Nobody listens there. */
export const SERVER = 'https://cluster.example:6443';
/** A token that no message may show. */
export const TOKEN = 'secret-token-0123456789';

/** An own one for each test. */
export let folder: Folder;
beforeEach(() => {
  folder = openFolder();
});
afterEach(() => folder.close());

type Env = Readonly<Record<string, string>>;
/** What login programs are found by. */
export const PATH = { PATH: process.env.PATH ?? '' };

/** What a kubeconfig means. */
export function targetOf(config: Json, env: Env = PATH): Target {
  return findTarget({ kubeconfig: folder.write('config', config) }, env);
}

/** The login of a user of a cluster. */
export async function login(
  user: { readonly [key: string]: Json },
  cluster: { readonly [key: string]: Json } = {},
  env: Env = PATH,
  signal = new AbortController().signal,
): Promise<Login> {
  return await logIn(targetOf(kubeconfig(SERVER, user, cluster)), { env, caFile: undefined }, signal);
}

/** What the work throws. */
export async function thrown(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}
