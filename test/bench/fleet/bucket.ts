import type { Files } from '../../../lib/dispatch/ports.ts';
import type { Service } from './table.ts';

const WRITE_MILLIS = 50;
const READ_MILLIS = 30;

/** A bucket of S3 with its service times, which keeps nothing: what is read is not looked at here. */
export function simulatedBucket(service: Service): Files {
  return {
    faultOf: () => undefined,
    replicaUrl: url => url,
    downloadUrl: key => key,
    uploadUrl: key => key,
    async open() {
      service.meter.s3Reads += 1;
      await service.clock.sleep(READ_MILLIS);
      return undefined;
    },
    exists: async () => false,
    async write() {
      service.meter.s3Writes += 1;
      await service.clock.sleep(WRITE_MILLIS);
    },
    remove: async () => {},
  };
}
