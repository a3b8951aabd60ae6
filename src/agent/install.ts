import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SchedError } from '../errors.js';

/** What an agent is installed with. All paths are absolute. */
export interface InstallRequest {
  /** The Node program. */
  readonly node: string;
  /** The script that is `sched`. */
  readonly sched: string;
  readonly registry: string;
  /** Where user units belong: `$XDG_CONFIG_HOME`, else `~/.config`. */
  readonly configuration: string;
  /** Seconds that running programs may take when the service is stopped. */
  readonly graceSeconds: number;
}

/** A user service: its file, and the commands, as argument arrays, that make systemd run it. */
export interface ServicePlan {
  readonly kind: 'systemd';
  readonly file: string;
  readonly unit: string;
  readonly commands: readonly (readonly string[])[];
  /** What the user may run besides, once: without it the service ends with the user's last session (loginctl(1)). */
  readonly lasting: readonly string[];
}

/** A line for a crontab, to be put there by hand. */
export interface CrontabPlan {
  readonly kind: 'crontab';
  readonly line: string;
}

/** Runs a program by its argument array and gives its exit status (null: it could not be started) and what it said. */
export type RunProgram = (argv: readonly string[]) => { readonly status: number | null; readonly output: string };

const UNIT = 'sched-agent.service';

/** Runs a program and waits at most 30 s. */
function runProgram([program = '', ...args]: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : error.message}`.trim() };
}

/** How the agent is kept running here: by systemd where the user has an instance of it, else by cron. USAGE for paths that neither can hold. */
export function installPlan(request: InstallRequest, run: RunProgram = runProgram): ServicePlan | CrontabPlan {
  return run(['systemctl', '--user', 'show-environment']).status === 0
    ? servicePlan(request)
    : { kind: 'crontab', line: crontabLine(request) };
}

/**
 * The user service of systemd.service(5), as a plan. Only the agent itself is signalled (`KillMode=process`): it ends its programs, and
 * when it crashes they go on for the next one to find.
 */
export function servicePlan({ node, sched, registry, configuration, graceSeconds }: InstallRequest): ServicePlan {
  const file = unitFile(configuration);
  const [program = '', ...args] = [...agentCommand({ node, sched, registry }), '--grace', `${graceSeconds}s`];
  return {
    kind: 'systemd',
    file,
    unit: `[Unit]
Description=Fires the schedules of sched

[Service]
ExecStart=${[quoteForUnit(program), ...args.map((text) => quoteForUnit(text).replaceAll('$', '$$$$'))].join(' ')}
Restart=on-failure
RestartSec=5
KillMode=process
TimeoutStopSec=${graceSeconds + 15}

[Install]
WantedBy=default.target
`,
    commands: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', UNIT],
      ['systemctl', '--user', 'restart', UNIT],
    ],
    lasting: ['loginctl', 'enable-linger'],
  };
}

/** The line of crontab(5) that makes one pass a minute. USAGE for a path that a crontab cannot hold. */
export function crontabLine(request: Pick<InstallRequest, 'node' | 'sched' | 'registry'>): string {
  const words = [...agentCommand(request).slice(0, 3), '--once', '--registry', request.registry];
  const awkward = words.find((word) => /[\\\n\r\0]/.test(word));
  if (awkward !== undefined) {
    throw new SchedError('USAGE', `A crontab cannot hold the path ${JSON.stringify(awkward)}`, {
      hint: 'Move it to a path without backslashes and line breaks.',
    });
  }
  // cron turns an unescaped % into a line break before the shell sees the line.
  return `* * * * * ${words.map(quoteForShell).join(' ').replaceAll('%', '\\%')}`;
}

/**
 * Carries a service plan out: writes the unit, then runs the commands. When one of them fails everything is put back as it was, and
 * FAILED says which and what it said; PERMISSION when the unit cannot be written. A unit that already stands so is only started.
 */
export function install(plan: ServicePlan, run: RunProgram = runProgram): void {
  const before = existsSync(plan.file) ? readFileSync(plan.file, 'utf8') : null;
  try {
    mkdirSync(dirname(plan.file), { recursive: true });
    replaceFile(plan.file, plan.unit);
  } catch (error) {
    throw new SchedError('PERMISSION', `${plan.file} cannot be written, so no service was installed`, { cause: error });
  }
  for (const argv of plan.commands) {
    const { status, output } = run(argv);
    if (status !== 0) {
      takeBack(plan, before, run);
      throw new SchedError('FAILED', `${argv.join(' ')} failed, so no service was installed`, {
        detail: output,
        hint: 'Run sched agent in a terminal, or from cron: sched agent --once',
      });
    }
  }
}

/**
 * Stops the service and removes its unit; a dry run only says whether there is one. FAILED when systemd cannot stop it: the unit
 * stays then.
 */
export function uninstall(
  { configuration, dryRun = false }: Pick<InstallRequest, 'configuration'> & { readonly dryRun?: boolean },
  run: RunProgram = runProgram,
): { readonly removed: boolean; readonly file: string } {
  const file = unitFile(configuration);
  const removed = existsSync(file);
  if (!removed || dryRun) {
    return { removed, file };
  }
  const { status, output } = run(['systemctl', '--user', 'disable', '--now', UNIT]);
  if (status !== 0) {
    throw new SchedError('FAILED', `systemctl --user disable --now ${UNIT} failed, so the service stays`, {
      detail: output,
    });
  }
  rmSync(file, { force: true });
  run(['systemctl', '--user', 'daemon-reload']);
  return { removed, file };
}

function takeBack({ file }: ServicePlan, before: string | null, run: RunProgram): void {
  if (before === null) {
    run(['systemctl', '--user', 'disable', '--now', UNIT]);
    rmSync(file, { force: true });
  } else {
    replaceFile(file, before);
  }
  run(['systemctl', '--user', 'daemon-reload']);
}

function unitFile(configuration: string): string {
  return join(configuration, 'systemd', 'user', UNIT);
}

/** Never half a file: systemd may read it at any moment. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o644 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function agentCommand({ node, sched, registry }: Pick<InstallRequest, 'node' | 'sched' | 'registry'>): string[] {
  return [node, sched, 'agent', '--registry', registry];
}

/** One word of a command line, by systemd.syntax(7) (quoting) and systemd.unit(5) (specifiers). */
function quoteForUnit(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '"': '\\"',
    '\\': '\\\\',
    '%': '%%',
  };
  return `"${text.replace(/[\n\r\t"\\%]/g, (character) => escapes[character] ?? character)}"`;
}

/** One word for sh(1). */
function quoteForShell(text: string): string {
  return /^[\w@+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
