import assert from "node:assert/strict";
import { test } from "node:test";
import { createSilence } from "../../src/inventory/silence.ts";

/** Lists at these seconds, of containers by name and state; gives the seconds at which the stream is shown to be silent. */
function shownAt(
  lists: Record<number, Record<string, string>>,
  { opened = 0, told = [] }: { opened?: number; told?: number[] } = {},
): number[] {
  const silence = createSilence();
  silence.opened(opened * 1000);
  const shown: number[] = [];
  const happenings = [
    ...told.map((second) => ({ second, happens: () => silence.told(second * 1000) })),
    ...Object.entries(lists).map(([second, states]) => ({
      second: Number(second),
      happens() {
        const list = Object.entries(states).map(([Id, State]) => ({ Id, State }));
        const look = { askedAtMs: Number(second) * 1000 - 50, answeredAtMs: Number(second) * 1000 };
        if (silence.isShownBy(list, look)) shown.push(Number(second));
      },
    })),
  ];
  for (const { happens } of happenings.sort((a, b) => a.second - b.second)) happens();
  return shown;
}

const WEB = { web: "running" };

test("a stream is silent that has told nothing by the list after the one in which a container came, went or changed state", () => {
  for (const changed of [{ ...WEB, db: "running" }, {}, { web: "paused" }]) {
    assert.deepEqual(shownAt({ 10: WEB, 20: changed, 30: changed }), [30]);
  }
});

test("nothing changes, nothing is told: that is no silence", () => {
  assert.deepEqual(shownAt({ 10: WEB, 20: WEB, 30: WEB }), []);
});

test("an event that comes a little after the list is none too late", () => {
  assert.deepEqual(shownAt({ 10: WEB, 20: {}, 30: {} }, { told: [20.5] }), []);
  assert.deepEqual(shownAt({ 10: WEB, 10.3: {}, 10.6: {}, 10.9: {} }, { told: [11] }), []);
});

test("what changed before the stream was open, or before the last event, is no sign of anything", () => {
  assert.deepEqual(shownAt({ 10: WEB, 20: {}, 30: {} }, { opened: 15 }), []);
  assert.deepEqual(shownAt({ 10: WEB, 20: {}, 30: {} }, { told: [15] }), []);
});

test("a removal or a stop that lasts makes its event at its end", () => {
  for (const state of ["removing", "dead", "stopping"]) {
    assert.deepEqual(shownAt({ 10: { web: "exited" }, 20: { web: state }, 30: { web: state } }), []);
  }
});
