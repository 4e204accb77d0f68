import ackReplies from './ack-replies.ts';
import activateProject from './activate-project.ts';
import advance from './advance.ts';
import appendLog from './append-log.ts';
import cancelProject from './cancel-project.ts';
import cancelTask from './cancel-task.ts';
import copyProject from './copy-project.ts';
import createProject from './create-project.ts';
import deleteProject from './delete-project.ts';
import deleteQueue from './delete-queue.ts';
import deleteTask from './delete-task.ts';
import deleteWebhook from './delete-webhook.ts';
import done from './done.ts';
import endTask from './end-task.ts';
import failed from './failed.ts';
import getConfig from './get-config.ts';
import getSites from './get-sites.ts';
import health from './health.ts';
import heartbeat from './heartbeat.ts';
import heartbeatTasks from './heartbeat-tasks.ts';
import held from './held.ts';
import heldTasks from './held-tasks.ts';
import listFiles from './list-files.ts';
import listProjects from './list-projects.ts';
import listQueues from './list-queues.ts';
import listReplies from './list-replies.ts';
import listTasks from './list-tasks.ts';
import listWebhooks from './list-webhooks.ts';
import listWorkers from './list-workers.ts';
import loadProject from './load-project.ts';
import type { Verb } from './middleware/verb.ts';
import openapi from './openapi.ts';
import output from './output.ts';
import pauseQueue from './pause-queue.ts';
import projectCost from './project-cost.ts';
import putConfig from './put-config.ts';
import putQueue from './put-queue.ts';
import putSites from './put-sites.ts';
import putWebhook from './put-webhook.ts';
import readLog from './read-log.ts';
import redriveQueue from './redrive-queue.ts';
import registerWorker from './register-worker.ts';
import release from './release.ts';
import reserve from './reserve.ts';
import reserveByTicket from './reserve-by-ticket.ts';
import reserveTasks from './reserve-tasks.ts';
import restartProject from './restart-project.ts';
import resumeQueue from './resume-queue.ts';
import retryTask from './retry-task.ts';
import setReplica from './set-replica.ts';
import showFile from './show-file.ts';
import showProject from './show-project.ts';
import showQueue from './show-queue.ts';
import showTask from './show-task.ts';
import submitTask from './submit-task.ts';
import submitTasks from './submit-tasks.ts';
import taskFiles from './task-files.ts';
import taskOutputs from './task-outputs.ts';
import updateTask from './update-task.ts';
import uploadManifest from './upload-manifest.ts';

/** Every verb of the API. */
export const verbs: readonly Verb[] = [
  health,
  openapi,
  createProject,
  listProjects,
  showProject,
  projectCost,
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
  submitTask,
  submitTasks,
  listTasks,
  showTask,
  cancelTask,
  retryTask,
  deleteTask,
  reserveByTicket,
  reserveTasks,
  updateTask,
  appendLog,
  readLog,
  endTask,
  heartbeatTasks,
  heldTasks,
  taskFiles,
  taskOutputs,
  listReplies,
  ackReplies,
  registerWorker,
  listWorkers,
  listQueues,
  showQueue,
  putQueue,
  deleteQueue,
  redriveQueue,
  pauseQueue,
  resumeQueue,
  getConfig,
  putConfig,
  listWebhooks,
  putWebhook,
  deleteWebhook,
  getSites,
  putSites,
];
