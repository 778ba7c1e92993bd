// Lengths of time after "in" and "binnen".
import assert from "node:assert/strict";
import { test } from "node:test";
import { dative } from "./plural";

test("days end in n in the dative, and no other unit does", () => {
  assert.equal(dative("5 Tage"), "5 Tagen");
  assert.equal(dative("2 Tage 12 Stunden"), "2 Tagen 12 Stunden");
  assert.equal(dative("1 Tag"), "1 Tag");
  assert.equal(dative("30 Minuten"), "30 Minuten");
});
