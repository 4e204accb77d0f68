import activateProject from './activate-project.ts';
import advance from './advance.ts';
import cancelProject from './cancel-project.ts';
import copyProject from './copy-project.ts';
import createProject from './create-project.ts';
import deleteProject from './delete-project.ts';
import done from './done.ts';
import failed from './failed.ts';
import getSites from './get-sites.ts';
import health from './health.ts';
import heartbeat from './heartbeat.ts';
import held from './held.ts';
import listFiles from './list-files.ts';
import listProjects from './list-projects.ts';
import loadProject from './load-project.ts';
import type { Verb } from './middleware/verb.ts';
import openapi from './openapi.ts';
import output from './output.ts';
import putSites from './put-sites.ts';
import release from './release.ts';
import reserve from './reserve.ts';
import restartProject from './restart-project.ts';
import setReplica from './set-replica.ts';
import showFile from './show-file.ts';
import showProject from './show-project.ts';
import uploadManifest from './upload-manifest.ts';

/** Every verb of the API. */
export const verbs: readonly Verb[] = [
  health,
  openapi,
  createProject,
  listProjects,
  showProject,
  uploadManifest,
  loadProject,
  activateProject,
  cancelProject,
  restartProject,
  copyProject,
  deleteProject,
  listFiles,
  showFile,
  setReplica,
  reserve,
  done,
  failed,
  release,
  advance,
  heartbeat,
  held,
  output,
  getSites,
  putSites,
];
