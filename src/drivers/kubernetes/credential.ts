/** What a plugin or an identity provider gives. */
export interface Credential {
  readonly token: string | undefined;
  /** PEM. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}
