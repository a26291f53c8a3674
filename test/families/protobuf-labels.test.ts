import assert from "node:assert/strict";
import { test } from "node:test";
import { extendLabelSet, labelSet } from "../../src/families/label-set.ts";
import { encodedLabels } from "../../src/families/protobuf-labels.ts";

const container = labelSet({ id: "/docker/4f1c", name: "shop-web-1", image: "nginx:1.29" });

test("the bytes that are kept of a label set keep no more memory than they are", () => {
  const { base } = encodedLabels(container);
  const { extra } = encodedLabels(extendLabelSet(container, "device", "/dev/sda"));
  for (const bytes of [base, extra]) assert.equal(bytes.buffer.byteLength, bytes.byteLength);
});

test("label sets with the same base share its bytes", () => {
  const [eth0, eth1] = ["eth0", "eth1"].map((name) => encodedLabels(extendLabelSet(container, "interface", name)));
  assert.equal(eth0?.base, encodedLabels(container).base);
  assert.equal(eth1?.base, eth0?.base);
});
