import { App } from 'aws-cdk-lib';
import { sluiceStack } from './stack.ts';

/** What `cdk deploy` deploys. */
sluiceStack(new App());
