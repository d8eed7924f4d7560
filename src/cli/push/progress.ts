import { SingleBar } from 'cli-progress';

/** Shows how far a piece of work has come. */
export interface Progress {
  /** Begins the next piece of work. */
  begin(what: string, total: number): void;
  at(done: number): void;
  end(): void;
}

/** What is shown on: standard error, as a rule. */
export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** A bar where somebody watches, and one line for each piece of work where nobody does. */
export function progressOn(screen: Screen): Progress {
  return screen.isTTY ? bars(screen) : lines(screen);
}

function bars(stream: Screen): Progress {
  let bar: SingleBar | undefined;
  let shown = '';
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    begin: (what, total) => {
      if (bar && shown === what) return;
      end();
      shown = what;
      bar = new SingleBar({ format: `${what} {bar} {percentage}% {value}/{total}`, stream, hideCursor: true });
      bar.start(total, 0);
    },
    at: (done) => bar?.update(done),
    end,
  };
}

function lines(screen: Screen): Progress {
  let shown = '';
  return {
    begin: (what) => {
      if (what !== shown) screen.write(`${what}\n`);
      shown = what;
    },
    at: () => undefined,
    end: () => undefined,
  };
}
