import activateProject from '../../../functions/activate-project.ts';
import advance from '../../../functions/advance.ts';
import cancelProject from '../../../functions/cancel-project.ts';
import copyProject from '../../../functions/copy-project.ts';
import createProject from '../../../functions/create-project.ts';
import deleteProject from '../../../functions/delete-project.ts';
import done from '../../../functions/done.ts';
import failed from '../../../functions/failed.ts';
import heartbeat from '../../../functions/heartbeat.ts';
import held from '../../../functions/held.ts';
import listFiles from '../../../functions/list-files.ts';
import loadProject from '../../../functions/load-project.ts';
import output from '../../../functions/output.ts';
import release from '../../../functions/release.ts';
import reserve from '../../../functions/reserve.ts';
import restartProject from '../../../functions/restart-project.ts';
import showFile from '../../../functions/show-file.ts';
import showProject from '../../../functions/show-project.ts';

const MANAGING = [createProject, loadProject, copyProject, showProject, listFiles, showFile] as const;
const MEDDLING = [activateProject, cancelProject, restartProject, deleteProject] as const;
const WORKING = [reserve, advance, done, failed, release, heartbeat, held, output] as const;

/** What those ask for who have to do with a project. */
export const PROJECT_VERBS = [...MANAGING, ...MEDDLING, ...WORKING];
