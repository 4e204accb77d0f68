import { expect, test } from 'vitest';
import { addressOf } from '../../lib/connect/address.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:sluice-api';

test.each([
  ['http://127.0.0.1:8470/', { kind: 'http', url: 'http://127.0.0.1:8470' }],
  ['https://sluice.example.org/here', { kind: 'http', url: 'https://sluice.example.org/here' }],
  [
    'https://abc123.lambda-url.eu-west-1.on.aws/',
    { kind: 'function-url', url: 'https://abc123.lambda-url.eu-west-1.on.aws', region: 'eu-west-1' },
  ],
  ['lambda://sluice-api', { kind: 'function', name: 'sluice-api' }],
  ['lambda://sluice-api/', { kind: 'function', name: 'sluice-api' }],
  ['lambda://Sluice_Api:live', { kind: 'function', name: 'Sluice_Api:live' }],
  [ARN, { kind: 'function', name: ARN, region: 'eu-west-1' }],
  [`${ARN}:live`, { kind: 'function', name: `${ARN}:live`, region: 'eu-west-1' }],
  [
    'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f',
    {
      kind: 'function',
      name: 'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f',
      region: 'us-gov-west-1',
    },
  ],
])('%s is understood', (text, address) => {
  expect(addressOf(text)).toEqual(address);
});

test.each([
  '',
  'sluice',
  'ftp://host',
  'lambda://',
  'lambda://a/b',
  'lambda://a b',
  'arn:aws:sqs:eu-west-1:1:q',
])('"%s" is no address', text => {
  expect(addressOf(text)).toBeUndefined();
});

test('only AWS itself is believed to have function URLs, so that nobody else is sent signed requests', () => {
  const url = 'https://abc123.lambda-url.eu-west-1.on.aws.example.org';
  expect(addressOf(url)).toEqual({ kind: 'http', url });
});

test('where AWS is an emulator, its function URLs may have any domain', () => {
  const url = 'http://abc123.lambda-url.eu-west-1.localhost:4566';
  expect(addressOf(url, { emulated: true })).toEqual({ kind: 'function-url', url, region: 'eu-west-1' });
  expect(addressOf('http://127.0.0.1:8470', { emulated: true })).toMatchObject({ kind: 'http' });
});
