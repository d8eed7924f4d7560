/** One event of a stream, its data read as JSON; `null` for an event without data. */
export interface SeenEvent {
  readonly event: string;
  readonly data: any;
}

/** A stream of events being read. */
export interface SeenEvents {
  readonly status: number;
  readonly contentType: string | null;
  /** The next event; undefined once the stream is over. */
  next(): Promise<SeenEvent | undefined>;
  /** Everything up to the end. */
  rest(): Promise<readonly SeenEvent[]>;
  /** Goes away without waiting for the end. */
  leave(): Promise<void>;
}

/** Asks for a subscription as a browser does, by GraphQL over SSE. */
export async function follow(url: string, request: object, token: string | null): Promise<SeenEvents> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(request),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<SeenEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
        continue;
      }
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const [event, data] = ['event:', 'data:'].map((head) =>
        lines
          .find((line) => line.startsWith(head))
          ?.slice(head.length)
          .trim(),
      );
      if (event !== undefined) return { event, data: data ? JSON.parse(data) : null };
    }
  };
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    next,
    rest: async () => {
      const seen: SeenEvent[] = [];
      for (let one = await next(); one; one = await next()) seen.push(one);
      return seen;
    },
    leave: () => reader.cancel(),
  };
}
