import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import {
  type CrontabPlan,
  type InstallRequest,
  install,
  installPlan,
  type RunProgram,
  type ServicePlan,
  uninstall,
} from './install.js';

/** What is shown: an object for machines, text for people, and what may be done next. */
export interface ServiceReport {
  readonly kind: 'object';
  readonly item: Readonly<Record<string, string | boolean | null>>;
  readonly text: () => string;
  readonly notes?: readonly { readonly kind: 'hint'; readonly text: string }[];
}

const GRACE_SECONDS = 30;

/**
 * Makes or removes what keeps an agent running for this user. Where systemd cannot, installing shows the line for a crontab and
 * changes nothing. A dry run shows what would be written and run. Throws as `installPlan`, `install` and `uninstall`.
 */
export async function service(
  mode: 'install' | 'uninstall',
  dryRun: boolean,
  context: Context,
  run?: RunProgram,
): Promise<ServiceReport> {
  const { file: registry } = await context.registry();
  const request = {
    node: process.execPath,
    sched: scriptFile(),
    registry,
    configuration: configurationFolder(context.env),
    graceSeconds: GRACE_SECONDS,
  };
  return mode === 'install' ? installed(request, dryRun, run) : uninstalled(request, dryRun, run);
}

function installed(request: InstallRequest, dryRun: boolean, run: RunProgram | undefined): ServiceReport {
  const plan = installPlan(request, run);
  if (plan.kind === 'crontab') {
    return crontabReport(plan);
  }
  if (!dryRun) {
    install(plan, run);
  }
  const { file, unit, lasting } = plan;
  return {
    kind: 'object',
    item: { service: 'systemd', file, installed: !dryRun, unit },
    text: () => (dryRun ? planText(plan) : `Installed ${file}; the agent is running.`),
    ...(dryRun
      ? {}
      : { notes: [{ kind: 'hint', text: `To keep it running when you are not logged in: ${lasting.join(' ')}` }] }),
  };
}

function uninstalled(request: InstallRequest, dryRun: boolean, run: RunProgram | undefined): ServiceReport {
  const { removed, file } = uninstall({ ...request, dryRun }, run);
  const done = dryRun ? `Would stop the agent and remove ${file}.` : `Stopped the agent and removed ${file}.`;
  return {
    kind: 'object',
    item: { service: 'systemd', file, removed: removed && !dryRun },
    text: () => (removed ? done : `There is no service: ${file} does not exist.`),
    ...(removed ? {} : { notes: [{ kind: 'hint', text: 'A line in a crontab is yours to remove: crontab -e' }] }),
  };
}

function crontabReport({ line }: CrontabPlan): ServiceReport {
  return {
    kind: 'object',
    item: { service: 'crontab', line, installed: false },
    text: () => line,
    notes: [
      { kind: 'hint', text: 'systemd does not run services of yours here. Add this line to your crontab: crontab -e' },
    ],
  };
}

function planText({ file, unit, commands }: ServicePlan): string {
  return [`Would write ${file}:`, '', unit, 'Would run:', ...commands.map((argv) => `  ${argv.join(' ')}`)].join('\n');
}

/** The script that runs now, without the links that led to it: those of a package runner do not last. */
function scriptFile(): string {
  const script = process.argv[1];
  if (script === undefined) {
    throw new SchedError('FAILED', 'It is not known which program sched is', {
      hint: 'Write the service by hand around: sched agent',
    });
  }
  return realpathSync(script);
}

/** As the XDG Base Directory Specification has it: a relative path does not count. */
function configurationFolder({ XDG_CONFIG_HOME: named, HOME: home }: Context['env']): string {
  return named !== undefined && isAbsolute(named)
    ? named
    : join(home === undefined || home === '' ? homedir() : home, '.config');
}
