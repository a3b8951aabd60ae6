/** The part of cli-table3 that measures cells; the package declares no types for it. */
declare module 'cli-table3/src/utils.js' {
  const measure: { strlen(text: string): number };
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS, its exports are its default.
  export default measure;
}
