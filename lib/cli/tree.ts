import type { Group } from './frame/locate.ts';

/** Every command of `sluice`; a command's file is loaded only when it runs. */
export const tree: Group = {
  summary: 'Hands out work to workers that live anywhere.',
  commands: {
    completion: () => import('./commands/completion.ts'),
    help: () => import('./commands/help.ts'),
    version: () => import('./commands/version.ts'),
  },
};
