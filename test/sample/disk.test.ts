import assert from "node:assert/strict";
import { test } from "node:test";
import { diskSamples } from "../../src/sample/disk.ts";

const nameless = () => undefined;

test("operations of cgroup v1 and v2 are the same, whatever their letters' case", () => {
  const v1 = diskSamples(
    { io_service_bytes_recursive: [entry("Read", 1), entry("Write", 2), entry("Total", 3)] },
    nameless,
  );
  const v2 = diskSamples({ io_service_bytes_recursive: [entry("read", 1), entry("write", 2)] }, nameless);
  assert.deepEqual(v1, [
    {
      device: "8:0",
      major: 8,
      minor: 0,
      readBytes: 1,
      writeBytes: 2,
      bytesByOperation: { Read: 1, Write: 2, Total: 3 },
    },
  ]);
  assert.deepEqual(v2, [
    { device: "8:0", major: 8, minor: 0, readBytes: 1, writeBytes: 2, bytesByOperation: { Read: 1, Write: 2 } },
  ]);
});

test("counts, times and merges come from cgroup v1's other lists, in base units", () => {
  const samples = diskSamples(
    {
      io_serviced_recursive: [entry("Read", 5), entry("Write", 6), entry("Total", 11)],
      io_merged_recursive: [entry("Read", 3), entry("Write", 4)],
      io_service_time_recursive: [entry("Read", 1_500_000_000), entry("Write", 250_000_000)],
      io_time_recursive: [entry("", 1250)],
      io_queue_recursive: [entry("Read", 1), entry("Total", 2)],
    },
    nameless,
  );
  assert.deepEqual(samples, [
    {
      device: "8:0",
      major: 8,
      minor: 0,
      reads: 5,
      writes: 6,
      readsMerged: 3,
      writesMerged: 4,
      readSeconds: 1.5,
      writeSeconds: 0.25,
      ioSeconds: 1.25,
      ioInProgress: 2,
    },
  ]);
});

test("Podman's further operations are no bytes, and a device of only such is left out", () => {
  const entries = [entry("rios", 9), entry("dbytes", 8), entry("", 7), entry("read", 1)];
  const [disk] = diskSamples({ io_service_bytes_recursive: entries }, nameless) ?? [];
  assert.deepEqual(disk?.bytesByOperation, { Read: 1 });
  assert.deepEqual(diskSamples({ io_service_bytes_recursive: [entry("rios", 9)] }, nameless), []);
});

test("of two entries for the same thing the first counts", () => {
  const entries = [entry("Read", 1), entry("Read", 5)];
  const [disk] = diskSamples({ io_service_bytes_recursive: entries }, nameless) ?? [];
  assert.equal(disk?.readBytes, 1);
  assert.deepEqual(disk?.bytesByOperation, { Read: 1 });
});

test("devices are named; a name that two would share is the first one's", () => {
  const entries = [entry("read", 1, 254, 32), entry("read", 2, 254, 0), entry("read", 3, 254, 16)];
  const names: Record<number, string> = { 0: "/dev/vda", 16: "/dev/vda" };
  const samples = diskSamples({ io_service_bytes_recursive: entries }, (_, minor) => names[minor]) ?? [];
  assert.deepEqual(
    samples.map(({ device, readBytes }) => [device, readBytes]),
    [
      ["/dev/vda", 2],
      ["254:16", 3],
      ["254:32", 1],
    ],
  );
});

test("nothing is known of disks where the lists are null, as Podman's and a stopped container's are", () => {
  assert.deepEqual(diskSamples({ io_service_bytes_recursive: null, io_serviced_recursive: null }, nameless), []);
  assert.equal(diskSamples(null, nameless), undefined);
});

function entry(op: string, value: number, major = 8, minor = 0) {
  return { major, minor, op, value };
}
