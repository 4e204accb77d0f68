import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { bashCompletion } from '../frame/completion/bash.ts';
import { fishCompletion } from '../frame/completion/fish.ts';
import { completionPoints } from '../frame/completion/points.ts';
import { zshCompletion } from '../frame/completion/zsh.ts';
import { tree } from '../tree.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export default defineCommand({
  summary: 'Print a script that completes sluice in a shell',
  arguments: {
    shell: { type: 'choice', choices: ['bash', 'zsh', 'fish'], description: 'the shell it is for' },
  },
  examples: [
    { command: 'source <(sluice completion bash)', says: 'In bash; a line for ~/.bashrc' },
    { command: 'source <(sluice completion zsh)', says: 'In zsh; a line for ~/.zshrc, after compinit' },
    { command: 'sluice completion fish | source', says: 'In fish; a line for config.fish' },
  ],
  async run({ stdout }, { shell }) {
    stdout.write(SCRIPTS[shell](await completionPoints(tree)));
    return EXIT.ok;
  },
});
