/** The rights that sched asks for in its namespace, whole and with parts missing. */
import { PERMISSIONS, type Permission } from '../../../src/drivers/kubernetes/permissions.js';
import type { Rule } from './accounts.js';

/** Everything that it uses within the namespace. */
export function rights(): readonly Rule[] {
  return rightsWithout(() => false);
}

/** Everything within the namespace but what the question says yes to. */
export function rightsWithout(missing: (permission: Permission) => boolean): readonly Rule[] {
  return PERMISSIONS.filter((permission) => permission.inside === 'namespace' && !missing(permission)).map(
    ({ group, resource, subresource, verb }) => ({
      apiGroups: [group],
      resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
      verbs: [verb],
    }),
  );
}

/** The right without which nothing can be written into the status of a CronJob. */
export function isStatus({ resource, subresource }: Permission): boolean {
  return resource === 'cronjobs' && subresource === 'status';
}
