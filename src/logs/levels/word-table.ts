/** Words looked up by their bytes, whatever their case, without a string being made of them. */
export interface WordTable<Value> {
  find(bytes: Buffer, start: number, end: number): Value | undefined;
}

const MAX_LENGTH = 31;

export function createWordTable<Value>(words: Readonly<Record<string, Value>>): WordTable<Value> {
  /** For each first letter, which lengths there are, a bit each: it refuses most other words at once. */
  const lengths = new Uint32Array(256);
  const byHash = new Map<number, { word: Buffer; value: Value }>();
  for (const [text, value] of Object.entries(words)) {
    const word = Buffer.from(text.toLowerCase(), "latin1");
    const first = folded(word[0] as number);
    const hash = hashOf(word, 0, word.length);
    if (word.length > MAX_LENGTH || byHash.has(hash)) throw new Error(`not a word for this table: ${text}`);
    lengths[first] = (lengths[first] as number) | (1 << word.length);
    byHash.set(hash, { word, value });
  }

  return {
    find(bytes, start, end) {
      const length = end - start;
      if (length > MAX_LENGTH || length < 1) return undefined;
      if (((lengths[folded(bytes[start] as number)] as number) & (1 << length)) === 0) return undefined;
      const found = byHash.get(hashOf(bytes, start, end));
      if (found === undefined || found.word.length !== length) return undefined;
      for (let i = 0; i < length; i++) {
        if (folded(bytes[start + i] as number) !== folded(found.word[i] as number)) return undefined;
      }
      return found.value;
    },
  };
}

/** Lower case of a letter; what other bytes become matters not, as long as it is always the same. */
function folded(byte: number): number {
  return byte | 0x20;
}

function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + ((bytes[i] as number) | 0x20)) | 0;
  return hash;
}
