import { fork, type ChildProcess } from 'node:child_process';

/** A process of the bench that answers questions, one at a time. */
export interface Helper {
  readonly pid: number;
  ask<T>(question: string, about?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** What a process of the bench answers, by question. */
export type Answers = Readonly<Record<string, (about: never) => unknown>>;

/** Starts the command again in a role of its own. Its output goes nowhere; what it must tell it answers. */
export async function startHelper(role: string, settings: Readonly<Record<string, string>>): Promise<Helper> {
  const child = fork(process.argv[1]!, ['--role', role], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...settings },
    serialization: 'advanced',
  });
  await heard(child, 'ready');
  return {
    pid: child.pid!,
    ask: async <T>(question: string, about?: unknown): Promise<T> => {
      // Stopped between two questions by an interrupt: to ask would be an error that nobody hears.
      if (!child.connected) throw new Error(`${role}: stopped`);
      child.send({ question, about });
      const { value, error } = await heard(child, 'answer');
      if (error !== undefined) throw new Error(`${role}: ${error}`);
      return value as T;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}

interface Message {
  readonly kind: 'ready' | 'answer';
  readonly value?: unknown;
  readonly error?: string;
}

function heard(child: ChildProcess, kind: Message['kind']): Promise<Message> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`a process of the bench ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (message: Message) => {
      child.off('exit', gone);
      if (message.kind === kind) resolve(message);
      else reject(new Error(`a process of the bench said ${message.kind}`));
    });
  });
}

/** Answers in this process what the bench asks, until it lets go; every such process tells the CPU time it has used (`cpu`, in microseconds). */
export async function answerBench(answers: Answers, stop: () => Promise<void>): Promise<void> {
  const all: Answers = {
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    ...answers,
  };
  const reply = (message: Message): void => void process.send!(message);
  process.on('message', ({ question, about }: { question: string; about: never }) => {
    Promise.resolve()
      .then(() => all[question]!(about))
      .then((value) => reply({ kind: 'answer', value }))
      .catch((error: unknown) =>
        reply({ kind: 'answer', error: String(error instanceof Error ? error.stack : error) }),
      );
  });
  const released = new Promise<void>((resolve) => process.once('disconnect', resolve));
  reply({ kind: 'ready' });
  await released;
  await stop();
}
