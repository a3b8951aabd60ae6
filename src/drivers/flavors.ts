/** What ZenML itself can do with a schedule on a flavor after `create`, by its own sources. */
export interface ZenmlAbility {
  readonly create: boolean;
  readonly update: boolean;
  readonly pause: boolean;
  readonly delete: boolean;
  /** What it does with the parts of a schedule. */
  readonly notes: string;
}

/** A flavor that this version has no driver for yet. */
export interface PlannedFlavor {
  readonly flavor: string;
  readonly title: string;
  /** The object that holds a schedule there. */
  readonly native: string;
}

/** In the order in which they are shown. */
export const planned: readonly PlannedFlavor[] = [
  { flavor: 'kubeflow', title: 'Kubeflow Pipelines', native: 'recurring run' },
  { flavor: 'vertex', title: 'Vertex AI', native: 'schedule' },
  { flavor: 'sagemaker', title: 'SageMaker', native: 'EventBridge Scheduler schedule' },
  { flavor: 'airflow', title: 'Airflow', native: 'DAG file' },
  { flavor: 'azureml', title: 'Azure Machine Learning', native: 'schedule' },
  { flavor: 'databricks', title: 'Databricks', native: 'job with a schedule' },
  { flavor: 'hyperai', title: 'HyperAI', native: 'crontab line over SSH' },
  { flavor: 'ssh', title: 'SSH host', native: 'crontab line over SSH' },
  { flavor: 'crontab', title: 'crontab', native: 'crontab line' },
  { flavor: 'cloud_scheduler', title: 'Cloud Scheduler', native: 'HTTP job' },
  { flavor: 'eventbridge', title: 'EventBridge', native: 'rule or schedule' },
  { flavor: 'github', title: 'GitHub Actions', native: 'workflow file' },
  { flavor: 'gitlab', title: 'GitLab CI', native: 'pipeline schedule' },
  { flavor: 'jenkins', title: 'Jenkins', native: 'timer trigger' },
];

const created = { create: true, update: false, pause: false, delete: false } as const;
const refused = { create: false, update: false, pause: false, delete: false } as const;

/**
 * ZenML's side by flavor (0.93 sources; ssh from 2026). A flavor that is not here is none of ZenML's orchestrators.
 * Only its Kubernetes orchestrator overrides `update_schedule` and `delete_schedule`.
 */
export const zenmlAbilities: Readonly<Record<string, ZenmlAbility>> = {
  local: { ...refused, notes: 'not schedulable' },
  kubernetes: {
    create: true,
    update: true,
    pause: true,
    delete: true,
    notes: 'cron only; start, end and catch-up ignored; zone never set',
  },
  sagemaker: { ...created, notes: 'AWS cron, whole minutes, once; start kept, end ignored; UTC' },
  vertex: { ...created, notes: 'cron with start and end; interval and catch-up ignored; native id not kept' },
  kubeflow: { ...created, notes: 'six-field cron or interval with start and end; native id only logged' },
  airflow: { ...created, notes: 'cron or interval with start, end and catch-up; naive times; files stay behind' },
  azureml: { ...created, notes: 'cron or whole minutes with start and end; UTC only' },
  databricks: { ...created, notes: 'Quartz cron as typed; one extra run at once; start and end ignored' },
  hyperai: { ...created, notes: 'five-field cron or once, in the host’s zone; start and end ignored' },
  ssh: { ...created, notes: 'five-field cron or once, in the host’s zone; start and end ignored' },
  local_docker: { ...refused, notes: 'not schedulable' },
  vm_aws: { ...refused, notes: 'not schedulable' },
  vm_gcp: { ...refused, notes: 'not schedulable' },
  vm_azure: { ...refused, notes: 'not schedulable' },
  vm_lambda: { ...refused, notes: 'not schedulable' },
  sky_kubernetes: { ...refused, notes: 'not schedulable' },
  tekton: { ...refused, notes: 'not schedulable' },
  lightning: { ...refused, notes: 'not schedulable' },
  modal: { ...refused, notes: 'a schedule is ignored with a warning' },
};
