import cancelTask from '../../../functions/cancel-task.ts';
import deleteTask from '../../../functions/delete-task.ts';
import endTask from '../../../functions/end-task.ts';
import heartbeatTasks from '../../../functions/heartbeat-tasks.ts';
import heldTasks from '../../../functions/held-tasks.ts';
import listTasks from '../../../functions/list-tasks.ts';
import pauseQueue from '../../../functions/pause-queue.ts';
import putQueue from '../../../functions/put-queue.ts';
import registerWorker from '../../../functions/register-worker.ts';
import reserveByTicket from '../../../functions/reserve-by-ticket.ts';
import reserveTasks from '../../../functions/reserve-tasks.ts';
import resumeQueue from '../../../functions/resume-queue.ts';
import retryTask from '../../../functions/retry-task.ts';
import showQueue from '../../../functions/show-queue.ts';
import showTask from '../../../functions/show-task.ts';
import submitTask from '../../../functions/submit-task.ts';
import submitTasks from '../../../functions/submit-tasks.ts';
import updateTask from '../../../functions/update-task.ts';

const SUBMITTING = [putQueue, showQueue, submitTask, submitTasks, listTasks, showTask] as const;
const MEDDLING = [cancelTask, retryTask, deleteTask, pauseQueue, resumeQueue] as const;
const RESERVING = [reserveTasks, reserveByTicket, heldTasks, registerWorker] as const;
const WORKING = [updateTask, endTask, heartbeatTasks] as const;

/** What those ask for who have to do with tasks. */
export const TASK_VERBS = [...SUBMITTING, ...MEDDLING, ...RESERVING, ...WORKING];
