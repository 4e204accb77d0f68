import { Database } from '../../lib/embedded/database.ts';

/** A program that opens a database, says so, and holds it until it is killed. */
const [path = ''] = process.argv.slice(2);
const database = new Database({ path });
console.log('open');
setInterval(() => database.read(() => {}), 60_000);
