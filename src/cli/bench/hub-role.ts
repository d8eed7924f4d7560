import { loadConfig } from '../../config.ts';
import { obtainToken } from '../../gateway/issuer.ts';
import { startHub } from '../../main.ts';
import { answerBench } from './processes.ts';
import { startProfile, type Share } from './profile.ts';

/** When the hub believes it to be, so that it says the same in every run. */
const NOW = new Date('2026-03-16T02:00:00Z');

/** A hub that is watched from within, as it always runs: logs written, tokens checked, nothing left out. Only its clock stands still. */
export async function hubRole(): Promise<void> {
  const hub = await startHub({ config: loadConfig(process.env), clock: { now: () => NOW } });
  let endProfile: (() => Promise<Share[]>) | undefined;
  await answerBench(
    {
      profile: async () => {
        endProfile = await startProfile();
      },
      shares: () => endProfile!(),
      url: () => hub.url,
      token: async (client: string) => {
        const { access_token: token } = await obtainToken(client, hub.issuer, await hub.privateKeyOf(client), hub.url);
        return token;
      },
    },
    () => hub.stop(),
  );
}
