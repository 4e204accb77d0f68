import { CompositePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/environment.ts';
import { type Resources, statementsOf } from './abilities.ts';
import { explainRole } from './exceptions.ts';

/**
 * The role whose permission URLs bear: whoever has a URL acts with it, for this one object. Functions that hand out
 * URLs assume it. It is a role of its own because Lambda does not tell when the credentials of a function's role end,
 * and a URL dies with them.
 */
export class Signer extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, resources: Resources, functions: readonly LambdaFunction[]) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: 'Sluice: what presigned URLs may do',
      assumedBy: new CompositePrincipal(...functions.map(({ grantPrincipal }) => grantPrincipal)),
    });
    for (const ability of ['signReplicas', 'signUploads'] as const)
      for (const statement of statementsOf(ability, resources)) this.role.addToPolicy(statement);
    explainRole(this.role);
    for (const lambda of functions) {
      this.role.grantAssumeRole(lambda.grantPrincipal);
      lambda.addEnvironment(ENVIRONMENT.signerRole, this.role.roleArn);
    }
  }
}
