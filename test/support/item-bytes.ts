import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * The size of an item of DynamoDB as it is paid, in bytes. Source: "DynamoDB item sizes and formats" in its developer
 * guide; test/aws holds it against what an emulator counts.
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) => bytes + textBytes(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return textBytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.L !== undefined) return value.L.reduce((bytes, one) => bytes + 1 + valueBytes(one), 3);
  if (value.M !== undefined)
    return Object.entries(value.M).reduce(
      (bytes, [name, one]) => bytes + 1 + textBytes(name) + valueBytes(one),
      3,
    );
  throw new Error(`sizes of ${Object.keys(value)} are not known here`);
}

function textBytes(text: string): number {
  return Buffer.byteLength(text);
}

/** A byte for each pair of digits, counted from the point, without those at the ends that are 00; one more; one for the sign. */
function numberBytes(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const even = (digits: string) => digits.length + (digits.length % 2);
  const digits = whole.padStart(even(whole), '0') + fraction.padEnd(even(fraction), '0');
  const pairs = (digits.match(/../g) ?? []).join(' ').replace(/^(00 ?)+|( ?00)+$/g, '');
  return (pairs === '' ? 0 : pairs.split(' ').length) + 1 + (text.startsWith('-') ? 1 : 0);
}
