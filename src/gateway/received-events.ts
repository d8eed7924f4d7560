/** Something that a stream sent is larger than anything that could have been asked for. */
export class EventTooLarge extends Error {}

/** Events as they come. */
interface Received {
  next(): Promise<IteratorResult<string, undefined>>;
  return(): Promise<void>;
}

/** Reads the events of a stream that another process sends, as text; `return` hangs up. Ends with the stream, complete or not. */
export function receivedEvents(response: Response, largest: number): Received {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const end = { done: true, value: undefined } as const;
  let text = '';
  return {
    next: async () => {
      for (;;) {
        const [block, ...rest] = text.split(/\r?\n\r?\n/);
        if (rest.length === 0) {
          const { done, value } = await reader.read();
          if (done) return end;
          text += value;
          if (text.length > largest) throw new EventTooLarge();
          continue;
        }
        text = rest.join('\n\n');
        const event = /^event: *(\w+)/m.exec(block!)?.[1];
        if (event === 'complete') return end;
        const data = /^data: *(.+)$/m.exec(block!)?.[1];
        if (event === 'next' && data) return { done: false, value: data };
      }
    },
    return: async () => {
      await reader.cancel();
    },
  };
}
