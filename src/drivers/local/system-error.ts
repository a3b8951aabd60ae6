/** True for an error of the operating system with one of the codes (`ENOENT`); errno(3) lists them. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  const code = systemErrorCode(error);
  return code !== undefined && codes.includes(code);
}

/** The operating system's code of an error (`EACCES`); undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  // Not `instanceof`: an error of Node's own modules may come from another realm.
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
