/** Stories that wait for the clock, told at the same time. */
import { beforeAll, describe, test } from '@jest/globals';

/** One story; it has a title of its own and shares nothing with the others. */
export type Story = (title: string, tell: () => Promise<void>) => void;

/** Milliseconds for the longest story on the slowest machine. */
const PATIENCE = 480_000;

/** A section whose stories all start together; each test waits for the end of its own. */
export function together(title: string, tellAll: (story: Story) => void): void {
  describe(title, () => {
    const stories = new Map<string, () => Promise<void>>();
    const ends = new Map<string, Promise<void>>();

    beforeAll(() => {
      for (const [name, tell] of stories) {
        const end = tell();
        // Whoever fails first is told by its own test, whose turn may come later.
        end.catch(() => undefined);
        ends.set(name, end);
      }
    });

    tellAll((name, tell) => {
      stories.set(name, tell);
      test(name, () => ends.get(name), PATIENCE);
    });
  });
}
