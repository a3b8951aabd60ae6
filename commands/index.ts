import type { CommandGroup } from '../src/cli/command.js';
import { adopt } from './adopt.js';
import { agent } from './agent.js';
import { audit } from './audit.js';
import { backfill } from './backfill.js';
import { completion } from './completion.js';
import { create } from './create.js';
import { remove } from './delete.js';
import { get } from './get.js';
import { history } from './history.js';
import { list } from './list.js';
import { logs } from './logs.js';
import { next } from './next.js';
import { checkOrchestrator } from './orchestrator/check.js';
import { deleteOrchestrator } from './orchestrator/delete.js';
import { flavors } from './orchestrator/flavors.js';
import { getOrchestrator } from './orchestrator/get.js';
import { listOrchestrators } from './orchestrator/list.js';
import { register } from './orchestrator/register.js';
import { updateOrchestrator } from './orchestrator/update.js';
import { pause } from './pause.js';
import { backupRegistry } from './registry/backup.js';
import { checkRegistry } from './registry/check.js';
import { compactRegistry } from './registry/compact.js';
import { registryPath } from './registry/path.js';
import { restore } from './restore.js';
import { resume } from './resume.js';
import { runs } from './runs.js';
import { trigger } from './trigger.js';
import { undo } from './undo.js';
import { update } from './update.js';
import { validate } from './validate.js';
import { version } from './version.js';

/** Every command, in the order of the help. Adding a command adds a file and a line here. */
export const commandGroups: readonly CommandGroup[] = [
  { heading: 'Schedules', commands: [create, list, get, update, pause, resume, remove, adopt] },
  { heading: 'Runs', commands: [trigger, runs, logs, next, backfill] },
  { heading: 'Truth', commands: [audit, validate, history, undo, restore] },
  {
    heading: 'Orchestrators',
    commands: [
      register,
      listOrchestrators,
      getOrchestrator,
      updateOrchestrator,
      deleteOrchestrator,
      checkOrchestrator,
      flavors,
    ],
  },
  { heading: 'The local scheduler', commands: [agent] },
  { heading: 'The registry', commands: [registryPath, checkRegistry, backupRegistry, compactRegistry] },
  { heading: 'This program', commands: [completion(() => commandGroups), version] },
];
