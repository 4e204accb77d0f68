import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { helpText } from '../frame/help.ts';
import { locate, unknownCommand } from '../frame/locate.ts';
import { tree } from '../tree.ts';

export default defineCommand({
  summary: 'Show how sluice or one of its commands is used',
  arguments: {
    command: { type: 'string', optional: true, variadic: true, description: 'the words of a command' },
  },
  examples: [{ command: 'sluice help completion', says: 'The same as sluice completion --help' }],
  async run({ stdout }, { command }) {
    const place = locate(tree, command);
    const [word] = place.argv;
    if (word !== undefined) throw unknownCommand(place, word);
    stdout.write(await helpText(place, stdout));
    return EXIT.ok;
  },
});
