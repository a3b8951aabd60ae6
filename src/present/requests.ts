/** How requests that would be sent look to people, and as data. */
import type { Style } from '../cli/command.js';
import type { NativeRequest } from '../drivers/driver.js';
import type { Json } from '../schedule.js';

/** As data; null where the orchestrator cannot show them. */
export function requestsJson(requests: readonly NativeRequest[] | null): Json {
  return requests === null ? null : requests.map(({ method, url, body }) => ({ method, url, body }));
}

/** `Would send  PATCH https://…`, and the body below it as YAML; empty when there is nothing to show. */
export async function requestLines(requests: readonly NativeRequest[] | null, style: Style): Promise<string> {
  const shown = (requests ?? []).map(async ({ method, url, body }) => {
    const line = `Would send  ${style.bold(method)} ${url}`;
    return body === null ? line : `${line}\n${indented(await style.yaml(body), '    ')}`;
  });
  return (await Promise.all(shown)).join('\n');
}

/** Every line of `text` behind `indent`. */
function indented(text: string, indent: string): string {
  return text.replaceAll(/^(?=.)/gm, indent);
}
