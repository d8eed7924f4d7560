/** What comes over a connection, as whoever hears it is told of it. */
export interface IncomingBytes {
  listeners(event: 'data'): readonly unknown[];
  on(event: 'data', hear: (bytes: Buffer) => void): unknown;
  off(event: 'data', hear: (bytes: Buffer) => void): unknown;
}

/** A message: a letter, how long it is with this length (32 bits), and what it says. */
const LETTER_BYTES = 1;
const HEAD_BYTES = 5;
const COPY_DATA = 'd'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);

const NOTHING = Buffer.alloc(0);

/**
 * Takes the data of the COPY that is asked for next out of what comes over a connection, and leaves every other message to those who
 * heard before: the library would make an object and an event of each row, which costs more than to read many a row. Ends when the
 * server is ready for the next statement. To be called between two statements, when all that came has been heard.
 *
 * @param take hears of each message of data: the bytes as they came, which nobody uses again, and where in them it begins
 */
export function takeCopyData(incoming: IncomingBytes, take: (bytes: Buffer, at: number) => void): void {
  const others = incoming.listeners('data') as ((bytes: Buffer) => void)[];
  /** The beginning of a message of which the rest has not come. */
  let begun: Buffer = NOTHING;
  const copy = { isOver: false };

  const hear = (chunk: Buffer): void => {
    let at = begun.length === 0 ? 0 : completed(chunk);
    for (let end = endOf(chunk, at); !copy.isOver && end <= chunk.length; end = endOf(chunk, at)) {
      heard(chunk, at, end);
      at = end;
    }
    if (at === chunk.length) return;
    if (copy.isOver) tellOthers(chunk.subarray(at));
    else begun = chunk.subarray(at);
  };

  /** Adds to what has begun what it lacks, and gives where in the chunk that ends. */
  const completed = (chunk: Buffer): number => {
    let used = 0;
    // Twice where not even the length had come whole.
    for (let end = endOf(begun, 0); begun.length < end && used < chunk.length; end = endOf(begun, 0)) {
      const until = Math.min(chunk.length, used + end - begun.length);
      begun = Buffer.concat([begun, chunk.subarray(used, until)]);
      used = until;
    }
    if (begun.length === endOf(begun, 0)) {
      const whole = begun;
      begun = NOTHING;
      heard(whole, 0, whole.length);
    }
    return used;
  };

  const heard = (bytes: Buffer, at: number, end: number): void => {
    if (bytes[at] === COPY_DATA) return take(bytes, at + HEAD_BYTES);
    if (bytes[at] === READY_FOR_QUERY) {
      copy.isOver = true;
      for (const other of others) incoming.on('data', other);
      incoming.off('data', hear);
    }
    tellOthers(bytes.subarray(at, end));
  };

  const tellOthers = (bytes: Buffer): void => {
    for (const other of others) other(bytes);
  };

  incoming.on('data', hear);
  for (const other of others) incoming.off('data', other);
}

/** Where the message that begins at a place ends; behind the bytes, as far as is known, where they do not hold its length. */
function endOf(bytes: Buffer, at: number): number {
  return bytes.length < at + HEAD_BYTES ? at + HEAD_BYTES : at + LETTER_BYTES + bytes.readUInt32BE(at + LETTER_BYTES);
}
