import type { Group } from './frame/locate.ts';

/** Every command of `sluice`; a command's file is loaded only when it runs. */
export const tree: Group = {
  summary: 'Hands out work to workers that live anywhere.',
  commands: {
    serve: () => import('./commands/serve.ts'),
    demo: () => import('./commands/demo.ts'),
    project: {
      summary: 'Create projects of files and look after them',
      commands: {
        create: () => import('./commands/project-create.ts'),
        list: () => import('./commands/project-list.ts'),
        show: () => import('./commands/project-show.ts'),
        cost: () => import('./commands/project-cost.ts'),
        files: () => import('./commands/project-files.ts'),
        watch: () => import('./commands/project-watch.ts'),
        restart: () => import('./commands/project-restart.ts'),
        cancel: () => import('./commands/project-cancel.ts'),
        activate: () => import('./commands/project-activate.ts'),
        copy: () => import('./commands/project-copy.ts'),
        delete: () => import('./commands/project-delete.ts'),
      },
    },
    file: {
      summary: 'Look at single files of a project',
      commands: {
        show: () => import('./commands/file-show.ts'),
        replica: () => import('./commands/file-replica.ts'),
      },
    },
    worker: {
      summary: 'Work on the files of a project',
      commands: {
        id: () => import('./commands/worker-id.ts'),
        next: () => import('./commands/worker-next.ts'),
        done: () => import('./commands/worker-done.ts'),
        failed: () => import('./commands/worker-failed.ts'),
        release: () => import('./commands/worker-release.ts'),
        heartbeat: () => import('./commands/worker-heartbeat.ts'),
        list: () => import('./commands/worker-list.ts'),
        run: () => import('./commands/worker-run.ts'),
      },
    },
    task: {
      summary: 'Submit tasks and look after them',
      commands: {
        submit: () => import('./commands/task-submit.ts'),
        list: () => import('./commands/task-list.ts'),
        show: () => import('./commands/task-show.ts'),
        log: () => import('./commands/task-log.ts'),
        outputs: () => import('./commands/task-outputs.ts'),
        wait: () => import('./commands/task-wait.ts'),
        update: () => import('./commands/task-update.ts'),
        cancel: () => import('./commands/task-cancel.ts'),
        retry: () => import('./commands/task-retry.ts'),
        delete: () => import('./commands/task-delete.ts'),
      },
    },
    reply: {
      summary: 'Hear what came of tasks',
      commands: {
        list: () => import('./commands/reply-list.ts'),
        watch: () => import('./commands/reply-watch.ts'),
        ack: () => import('./commands/reply-ack.ts'),
      },
    },
    webhook: {
      summary: 'Say which URLs are told of what happens',
      commands: {
        list: () => import('./commands/webhook-list.ts'),
        set: () => import('./commands/webhook-set.ts'),
        delete: () => import('./commands/webhook-delete.ts'),
      },
    },
    queue: {
      summary: 'Look after queues of tasks',
      commands: {
        list: () => import('./commands/queue-list.ts'),
        show: () => import('./commands/queue-show.ts'),
        set: () => import('./commands/queue-set.ts'),
        pause: () => import('./commands/queue-pause.ts'),
        resume: () => import('./commands/queue-resume.ts'),
        redrive: () => import('./commands/queue-redrive.ts'),
        delete: () => import('./commands/queue-delete.ts'),
      },
    },
    site: {
      summary: 'Say how near sites are to copies of files',
      commands: {
        show: () => import('./commands/site-show.ts'),
        set: () => import('./commands/site-set.ts'),
        up: () => import('./commands/site-up.ts'),
        down: () => import('./commands/site-down.ts'),
      },
    },
    completion: () => import('./commands/completion.ts'),
    help: () => import('./commands/help.ts'),
    version: () => import('./commands/version.ts'),
  },
};
