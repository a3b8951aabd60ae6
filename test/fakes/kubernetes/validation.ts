/** What the API server finds wrong with CronJobs, Jobs and their metadata. */
import type { Json } from '../../../src/schedule.js';
import { wrongSchedule } from './cron-text.js';
import { at, type Fields, fieldsAt, listAt, same, textAt } from './fields.js';
import { thousandthsOf } from './quantity.js';
import { type Cause, invalidValue, required, tooLong, unsupported } from './status.js';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const NOT_SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NOT_LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NOT_LABEL_NAME =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
/** Bytes of all annotations together. */
const ANNOTATIONS = 262_144;
/** Of a CronJob's name: eleven less than a Job's, for the time that is added. */
const CRON_JOB_NAME = 52;
const ZONES = new Set([...Intl.supportedValuesOf('timeZone')]);

/** Names, labels, annotations. */
export function wrongMetadata(object: Fields): Cause[] {
  const metadata = fieldsAt(object, 'metadata');
  const name = textAt(metadata, 'name');
  return [
    ...(name === '' ? [required('metadata.name', 'name or generateName is required')] : []),
    ...(name !== '' && !SUBDOMAIN.test(name) ? [invalidValue('metadata.name', name, NOT_SUBDOMAIN)] : []),
    ...(name.length > 253 ? [invalidValue('metadata.name', name, 'must be no more than 253 bytes')] : []),
    ...wrongLabels(fieldsAt(metadata, 'labels'), 'metadata.labels'),
    ...wrongAnnotations(fieldsAt(metadata, 'annotations')),
  ];
}

function wrongLabels(labels: Fields, field: string): Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const [name = '', prefix] = key.split('/').toReversed();
    const text = String(value);
    return [
      ...(LABEL_NAME.test(name) && name.length <= 63 ? [] : [invalidValue(field, key, NOT_LABEL_NAME)]),
      ...(prefix === undefined || SUBDOMAIN.test(prefix)
        ? []
        : [invalidValue(field, key, `prefix part ${NOT_SUBDOMAIN}`)]),
      ...(text.length > 63 ? [invalidValue(field, text, 'must be no more than 63 bytes')] : []),
      ...(LABEL_VALUE.test(text) ? [] : [invalidValue(field, text, NOT_LABEL_VALUE)]),
    ];
  });
}

function wrongAnnotations(annotations: Fields): Cause[] {
  const size = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  );
  return size > ANNOTATIONS ? [tooLong('metadata.annotations', ANNOTATIONS)] : [];
}

export function wrongCronJob(object: Fields): Cause[] {
  const spec = fieldsAt(object, 'spec');
  const name = textAt(object, 'metadata.name');
  const long = name.length > CRON_JOB_NAME;
  return [
    ...wrongMetadata(object),
    ...(long ? [invalidValue('metadata.name', name, `must be no more than ${CRON_JOB_NAME} characters`)] : []),
    ...wrongTiming(spec),
    ...negative(spec, 'spec', ['startingDeadlineSeconds']),
    ...oneOf(spec, 'spec.concurrencyPolicy', ['Allow', 'Forbid', 'Replace']),
    ...negative(spec, 'spec', ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']),
    ...wrongJobSpec(fieldsAt(spec, 'jobTemplate.spec'), 'spec.jobTemplate.spec'),
  ];
}

export function wrongJob(object: Fields): Cause[] {
  return [...wrongMetadata(object), ...wrongJobSpec(fieldsAt(object, 'spec'), 'spec')];
}

/** The parts of a Job that cannot be changed. */
export function wrongJobChange(before: Fields, after: Fields): Cause[] {
  return ['completions', 'selector', 'template', 'completionMode', 'managedBy'].flatMap((field) => {
    const value = at(after, `spec.${field}`);
    return same(at(before, `spec.${field}`), value)
      ? []
      : [
          immutable(
            `spec.${field}`,
            typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value ?? null),
          ),
        ];
  });
}

/** The conditions that a Job ends by come together. */
export function wrongJobStatus(after: Fields): Cause[] {
  const true_ = new Set(
    listAt(after, 'status.conditions').flatMap((each) =>
      textAt(each, 'status') === 'True' ? [textAt(each, 'type')] : [],
    ),
  );
  const without = (end: string, sign: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: cannot set ${end}=True condition without the ${sign}=true condition`,
    field: 'status.conditions',
  });
  return [
    ...(true_.has('Complete') && !true_.has('SuccessCriteriaMet') ? [without('Complete', 'SuccessCriteriaMet')] : []),
    ...(true_.has('Failed') && !true_.has('FailureTarget') ? [without('Failed', 'FailureTarget')] : []),
  ];
}

export function immutable(field: string, value: string | number): Cause {
  return invalidValue(field, value, 'field is immutable');
}

function wrongTiming(spec: Fields): Cause[] {
  const schedule = textAt(spec, 'schedule');
  const wrong = schedule === '' ? undefined : wrongSchedule(schedule);
  return [
    ...(schedule === '' ? [required('spec.schedule')] : []),
    ...(wrong === undefined ? [] : [invalidValue('spec.schedule', schedule, wrong)]),
    ...(spec.timeZone === undefined ? [] : wrongZone(String(spec.timeZone))),
  ];
}

function wrongZone(zone: string): Cause[] {
  const field = 'spec.timeZone';
  if (zone === '') {
    return [invalidValue(field, zone, 'timeZone must be nil or non-empty string')];
  }
  const local = /^local$/i.test(zone)
    ? [
        invalidValue(
          field,
          zone,
          'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
        ),
      ]
    : [];
  return zone === 'Local' || isZone(zone) ? local : [...local, invalidValue(field, zone, `unknown time zone ${zone}`)];
}

/** As a file name of the zone database: exactly so written, links included. */
function isZone(zone: string): boolean {
  if (ZONES.has(zone)) {
    return true;
  }
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    // The engine ignores case; links keep their own name or lead to another one.
    return /^[A-Z]/.test(zone) && (known === zone || known.toLowerCase() !== zone.toLowerCase());
  } catch {
    return false;
  }
}

function wrongJobSpec(spec: Fields, field: string): Cause[] {
  const pod = `${field}.template.spec`;
  const containers = listAt(spec, 'template.spec.containers');
  const restart = textAt(spec, 'template.spec.restartPolicy');
  return [
    ...negative(spec, field, [
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'ttlSecondsAfterFinished',
    ]),
    ...wrongLabels(fieldsAt(spec, 'template.metadata.labels'), `${field}.template.labels`),
    ...(containers.length === 0 ? [required(`${pod}.containers`)] : []),
    ...containers.flatMap((container, index) => wrongContainer(container, `${pod}.containers[${index}]`)),
    ...(restart === 'OnFailure' || restart === 'Never'
      ? []
      : [required(`${pod}.restartPolicy`, 'valid values: "OnFailure", "Never"')]),
  ];
}

function wrongContainer(container: Json, field: string): Cause[] {
  const name = textAt(container, 'name');
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(textAt(container, 'image') === '' ? [required(`${field}.image`)] : []),
    ...listAt(container, 'env').flatMap((variable, index) =>
      textAt(variable, 'name') === '' ? [required(`${field}.env[${index}].name`)] : [],
    ),
    ...wrongResources(fieldsAt(container, 'resources'), `${field}.resources`),
  ];
}

function wrongResources(resources: Fields, field: string): Cause[] {
  return Object.entries(fieldsAt(resources, 'requests')).flatMap(([name, amount]) => {
    const limit = at(resources, 'limits') === undefined ? undefined : fieldsAt(resources, 'limits')[name];
    return typeof amount === 'string' && typeof limit === 'string' && thousandthsOf(amount) > thousandthsOf(limit)
      ? [invalidValue(`${field}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)]
      : [];
  });
}

function negative(spec: Fields, field: string, names: readonly string[]): Cause[] {
  return names.flatMap((name) => {
    const value = spec[name];
    return typeof value === 'number' && value < 0
      ? [invalidValue(`${field}.${name}`, value, 'must be greater than or equal to 0')]
      : [];
  });
}

function oneOf(spec: Fields, field: string, values: readonly string[]): Cause[] {
  const value = spec[field.split('.').at(-1) ?? ''];
  return typeof value === 'string' && !values.includes(value) ? [unsupported(field, `"${value}"`, values)] : [];
}

/** What the server warns of: a name that is no label. */
export function nameWarnings(object: Fields): string[] {
  return textAt(object, 'metadata.name').includes('.')
    ? [
        'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
      ]
    : [];
}

/** New finalizers on what is being deleted. */
export function wrongFinalizers(before: Fields, after: Fields): Cause[] {
  const old = listAt(before, 'metadata.finalizers');
  const fresh = listAt(after, 'metadata.finalizers').filter((each) => !old.includes(each));
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${fresh.map((each) => JSON.stringify(each)).join(', ')}}`;
  const cause = { reason: 'FieldValueForbidden', message, field: 'metadata.finalizers' };
  return at(before, 'metadata.deletionTimestamp') === undefined || fresh.length === 0 ? [] : [cause, cause];
}
