import { startLocal } from '../../functions/local.ts';

/** A program that serves Sluice in a folder at any free port, and says at which URL. */
const [folder = ''] = process.argv.slice(2);
// Going over a limit on the size of files is to be an error of the write, as a full disk is.
process.on('SIGXFSZ', () => {});
const { url } = await startLocal({ folder, port: 0 });
console.log(url);
