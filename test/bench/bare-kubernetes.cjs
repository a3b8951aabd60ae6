// node bare-kubernetes.cjs list|create NAMESPACE [NAME]: what a script without a program around it takes for the same requests in the
// same order. SERVER, CA (a file) and TOKEN come from the environment.
//   list    asks who the cluster is, then for all CronJobs and Jobs with sched's labels, in pages of 500
//   pages   only the pages of CronJobs
//   create  asks who the cluster is, makes a CronJob, reads it back
'use strict';
const { readFileSync } = require('node:fs');
const https = require('node:https');

const [what, namespace, name] = process.argv.slice(2);
const { SERVER, CA, TOKEN } = process.env;
const agent = new https.Agent({ keepAlive: true, ca: readFileSync(CA) });
const base = `/apis/batch/v1/namespaces/${namespace}`;

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    const request = https.request(`${SERVER}${path}`, { agent, method, headers }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(pieces).toString());
        if (response.statusCode >= 300) reject(new Error(answer.message));
        else resolve(answer);
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

async function pages(path, label) {
  const items = [];
  let next = '';
  do {
    const query = new URLSearchParams({ limit: '500', labelSelector: label, ...(next && { continue: next }) });
    const page = await ask('GET', `${path}?${query}`);
    items.push(...page.items);
    next = page.metadata.continue ?? '';
  } while (next !== '');
  return items;
}

async function list() {
  const identity = what === 'list' ? await ask('GET', '/api/v1/namespaces/kube-system') : null;
  const schedules = await pages(`${base}/cronjobs`, 'sched/stamp');
  const runs = what === 'list' ? await pages(`${base}/jobs`, 'sched/schedule') : [];
  return `${identity?.metadata.uid ?? ''} ${schedules.length} ${runs.length}\n`;
}

async function create() {
  await ask('GET', '/api/v1/namespaces/kube-system');
  const container = { name: 'main', image: 'registry.test/train:1', command: ['train'] };
  const job = { template: { spec: { restartPolicy: 'Never', containers: [container] } } };
  const spec = { schedule: '0 3 * * *', timeZone: 'Europe/Berlin', suspend: true, jobTemplate: { spec: job } };
  await ask('POST', `${base}/cronjobs`, { metadata: { name }, spec });
  const made = await ask('GET', `${base}/cronjobs/${name}`);
  return `${made.metadata.uid}\n`;
}

const work = what === 'create' ? create() : list();
work.then(
  (text) => {
    agent.destroy();
    process.stdout.write(text);
  },
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    agent.destroy();
  },
);
