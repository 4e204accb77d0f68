import { CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Configuration, type ConfigurationInput } from '../lib/contract/queues.ts';
import { type FunctionSettings, SluiceFunction } from './functions.ts';

/** Has queues, bindings and configurations be as they are declared, with each deployment that changes them. */
export class Declaration extends Construct {
  constructor(scope: Construct, id: string, declared: ConfigurationInput, settings: FunctionSettings) {
    super(scope, id);
    const checked = Configuration.safeParse(declared);
    if (!checked.success) throw new Error(sentenceOf(checked.error.issues[0]));
    const { lambda } = new SluiceFunction(this, 'declare', settings);
    new CustomResource(this, 'Queues', {
      resourceType: 'Custom::SluiceQueues',
      serviceToken: lambda.functionArn,
      properties: { Configuration: JSON.stringify(declared) },
    });
  }
}

function sentenceOf(issue?: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'the configuration is not valid';
}
